"""Facts in, a frozen letter out; composing the same facts again gives the same letter, to the byte.

This is the way to read; `press.Press` writes the same bytes at a small part of the cost.
"""

from collections.abc import Mapping
from typing import Any

from campaigns.composition import wire
from campaigns.composition.head import Head, letter_head, sign_in_head
from campaigns.composition.leaves import Leaves, leaves_of
from campaigns.composition.letter import Letter, LetterFacts, SignInFacts
from campaigns.composition.line import one_line
from campaigns.composition.mails import compiled
from campaigns.composition.marks import pieces, unmarked, value
from campaigns.composition.render import Compiled
from campaigns.composition.subject import LONGEST, own_subject
from campaigns.composition.view import letter_view, shape_of, sign_in_view
from campaigns.languages import Language, speak
from campaigns.links import Links
from campaigns.tags import SOURCE


def compose(facts: LetterFacts, links: Links, before_subject: str = "") -> Letter:
    """Write an invitation or a reminder; raises RenderingError."""
    language = speak(facts.locale)
    leaves = leaves_of(facts, links.letter_token(facts.message_id), language)
    shape = shape_of(facts, leaves, language)
    mail = compiled(shape.mail, language.tag)
    view = letter_view(shape, _marked(leaves, language), links, language)
    subject = own_subject(facts) or one_line(unmarked(mail.render("subject", view)), LONGEST)
    subject = before_subject + subject
    view["subject"] = value(subject, subject)
    return _letter(mail, view, letter_head(facts, subject, links.unsubscribe(leaves.token)))


def compose_sign_in(facts: SignInFacts, links: Links) -> Letter:
    """Write the mail with a link that signs in; raises RenderingError."""
    view = sign_in_view(facts, links, speak(SOURCE))
    mail = compiled("sign_in", SOURCE)
    view["subject"] = one_line(mail.render("subject", view), LONGEST)
    return _letter(mail, view, sign_in_head(facts, view["subject"]))


def _marked(leaves: Leaves, language: Language) -> Leaves:
    return leaves.turned(lambda _, words: value(words, language.isolated(words)))


def _letter(mail: Compiled, view: Mapping[str, Any], head: Head) -> Letter:
    """Render both bodies and put the whole message together."""
    html, text = (_readable(mail.render(part, view)) for part in ("html", "text"))
    return Letter(
        sender=head.sender,
        recipient=head.recipient,
        message_id_header=head.message_id,
        subject=unmarked(str(view["subject"])),
        html="".join(html),
        text="".join(text),
        data=head.lines + b"\r\n" + wire.body(text, html, head.boundary),
    )


def _readable(written: str) -> list[str]:
    return [unmarked(piece) for piece in pieces(written)]  # a template may have cut between two marks
