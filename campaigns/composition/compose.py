"""Facts in, a frozen letter out; composing the same facts again gives the same letter, to the byte."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from campaigns.composition import wire
from campaigns.composition.letter import Letter, LetterFacts, SignInFacts
from campaigns.composition.line import one_line, person_name
from campaigns.composition.render import Compiled, compiled
from campaigns.composition.subject import LONGEST, own_subject
from campaigns.composition.view import letter_view, sign_in_view
from campaigns.errors import RenderingError
from campaigns.languages import SOURCE, speak
from campaigns.links import Links

HOUSE = "Askwell"
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    sender: str
    recipient: str
    message_id: str
    boundary: str


def compose(facts: LetterFacts, links: Links) -> Letter:
    """Write an invitation or a reminder; raises RenderingError."""
    language = speak(facts.locale)
    view = letter_view(facts, links, language)
    if not view["postal_address"]:
        raise RenderingError("The merchant has no postal address, which the law wants in every letter.")
    mail = compiled(f"{facts.definition.template}/{facts.kind}", language.tag)
    view["subject"] = own_subject(facts) or one_line(mail.render("subject", view), LONGEST)
    sender = wire.ascii_address(facts.from_address)
    envelope = _Envelope(
        sender=sender,
        recipient=wire.ascii_address(facts.to_address),
        message_id=_message_id(facts, facts.message_id, sender),
        boundary=f"askwell-{facts.message_id}",
    )
    headers = [*_people(facts, envelope), *_thread(facts, sender), *_list_headers(facts, view["unsubscribe_url"])]
    return _seal(mail, view, envelope, headers, facts.now)


def compose_sign_in(facts: SignInFacts, links: Links) -> Letter:
    """Write the mail with a link that signs in; raises RenderingError."""
    view = sign_in_view(facts, links, speak(SOURCE))
    mail = compiled("sign_in", SOURCE)
    view["subject"] = one_line(mail.render("subject", view), LONGEST)
    sender = wire.ascii_address(facts.from_address)
    envelope = _Envelope(
        sender=sender,
        recipient=wire.ascii_address(facts.to_address),
        message_id=f"<sign-in.{facts.sign_in_id}.{_digest(facts.now.astimezone(UTC))}@{wire.domain_of(sender)}>",
        boundary=f"askwell-sign-in-{facts.sign_in_id}",
    )
    headers = [
        ("From", wire.mailbox("From", wire.Person(name=HOUSE, address=sender))),
        ("To", wire.plain(envelope.recipient)),
    ]
    return _seal(mail, view, envelope, headers, facts.now)


def _seal(mail: Compiled, view: Mapping[str, Any], envelope: _Envelope, headers: Headers, now: datetime) -> Letter:
    """Render both bodies and put the whole message together."""
    html, text = mail.render("html", view), mail.render("text", view)
    every_header = [
        *headers,
        ("Subject", wire.words("Subject", view["subject"])),
        ("Date", wire.date(now.astimezone(UTC))),
        ("Message-ID", wire.plain(envelope.message_id)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
    ]
    return Letter(
        sender=envelope.sender,
        recipient=envelope.recipient,
        message_id_header=envelope.message_id,
        subject=view["subject"],
        html=html,
        text=text,
        data=wire.message(every_header, text, html, envelope.boundary),
    )


def _people(facts: LetterFacts, envelope: _Envelope) -> Headers:
    full_name = f"{person_name(facts.first_name)} {person_name(facts.last_name)}"
    reply_to = [("Reply-To", wire.ascii_address(facts.reply_to))] if facts.reply_to.strip() else []
    return [
        ("From", wire.mailbox("From", wire.Person(name=facts.merchant_name, address=envelope.sender))),
        ("To", wire.mailbox("To", wire.Person(name=full_name, address=envelope.recipient))),
        *reply_to,
    ]


def _thread(facts: LetterFacts, sender: str) -> Headers:
    if facts.invitation_id is None:
        return []
    invitation = wire.plain(_message_id(facts, facts.invitation_id, sender))
    return [("In-Reply-To", invitation), ("References", invitation)]


def _list_headers(facts: LetterFacts, unsubscribe_url: str) -> Headers:
    feedback = f"campaign{facts.campaign_id}:{facts.kind}:merchant{facts.merchant_id}:askwell"
    return [
        ("List-Unsubscribe", wire.plain(f"<{unsubscribe_url}>")),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Feedback-ID", wire.plain(feedback)),
    ]


def _message_id(facts: LetterFacts, message_id: int, sender: str) -> str:
    """Return the same id on every retry, and for a reminder the one its invitation had.

    The digest is of what both letters of an enrollment share: a second installation, or a
    database begun anew, counts from 1 too, and a mailbox drops a Message-ID it has seen before.
    """
    shared = _digest(facts.merchant_id, facts.campaign_id, facts.order_id, facts.closes_at.astimezone(UTC))
    return f"<{message_id}.{shared}@{wire.domain_of(sender)}>"


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:12]
