"""The mail that brings what somebody was promised for answering: the offer, the code, and the way out."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from campaigns.composition import wire
from campaigns.composition.letter import Letter
from campaigns.composition.line import one_line, person_name
from campaigns.composition.render import compiled
from campaigns.composition.theme import theme_of
from campaigns.composition.tone import greeting, sign_off
from campaigns.composition.view import dress
from campaigns.languages import Language, speak
from campaigns.links import Links
from campaigns.merchants.look import Look

LONGEST_SUBJECT = 150
MACHINE = "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThanksFacts:
    """All that the mail is written from."""

    incentive_id: int
    message_id: int  # the letter that brought the answer: its links unsubscribe
    merchant_id: int
    merchant_name: str
    from_address: str
    reply_to: str
    postal_address: str
    look: Look
    to_address: str
    first_name: str
    last_name: str
    locale: str
    order_id: str
    text: str
    conditions: str
    code: str
    until: date | None
    enrolled_at: datetime
    now: datetime


def compose_thanks(facts: ThanksFacts, links: Links) -> Letter:
    """Write the mail; raises RenderingError, which repeats no data."""
    language = speak(facts.locale)
    mail = compiled("thanks", language.tag)
    unsubscribe = links.unsubscribe(links.letter_token(facts.message_id))
    view = _view(facts, unsubscribe, language)
    view["subject"] = subject = one_line(mail.render("subject", view), LONGEST_SUBJECT)
    html, text = mail.render("html", view), mail.render("text", view)
    boundary = f"askwell-thanks-{facts.incentive_id}"
    head, message_id = _head(facts, subject, unsubscribe, boundary)
    return Letter(
        sender=wire.ascii_address(facts.from_address),
        recipient=wire.ascii_address(facts.to_address),
        message_id_header=message_id,
        subject=subject,
        html=html,
        text=text,
        data=head + b"\r\n" + wire.body([text], [html], boundary),
    )


def _view(facts: ThanksFacts, unsubscribe_url: str, language: Language) -> dict[str, Any]:
    return {
        "_": language.gettext,
        "ngettext": language.ngettext,
        "merchant": one_line(facts.merchant_name),
        "greeting": greeting(language, facts.look.tone, person_name(facts.first_name)),
        "sign_off": sign_off(language, facts.look.tone),
        "signature": facts.look.signature or one_line(facts.merchant_name),
        "order_id": one_line(facts.order_id, 60),
        "offer": one_line(facts.text, 500),
        "conditions": one_line(facts.conditions, 500),
        "code": one_line(facts.code),
        "until": language.date(facts.until) if facts.until else "",
        "postal_address": [line for each in facts.postal_address.splitlines() if (line := one_line(each))],
        "unsubscribe_url": unsubscribe_url,
        "theme": theme_of(facts.look.accent, facts.look.second),
        "logo_url": facts.look.logo_url,
        **dress(facts.look.font),
    }


def _head(facts: ThanksFacts, subject: str, unsubscribe_url: str, boundary: str) -> tuple[bytes, str]:
    sender, recipient = wire.ascii_address(facts.from_address), wire.ascii_address(facts.to_address)
    name = f"{person_name(facts.first_name)} {person_name(facts.last_name)}"
    # A second installation counts from 1 too, and a mailbox drops a Message-ID it has seen before.
    origin = f"{facts.merchant_id}\n{facts.order_id}\n{facts.enrolled_at.astimezone(UTC)}"
    digest = hashlib.sha256(origin.encode("utf-8", "replace")).hexdigest()[:12]
    message_id = f"<thanks.{facts.incentive_id}.{digest}@{wire.domain_of(sender)}>"
    lines = (
        f"From: {wire.mailbox('From', wire.Person(facts.merchant_name, sender))}\r\n"
        f"To: {wire.mailbox('To', wire.Person(name, recipient))}\r\n"
        f"Reply-To: {wire.ascii_address(facts.reply_to)}\r\n"
        f"List-Unsubscribe: {wire.plain(f'<{unsubscribe_url}>')}\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        f"Subject: {wire.words('Subject', subject)}\r\nDate: {wire.date(facts.now)}\r\n"
        f"Message-ID: {message_id}\r\n{MACHINE}{wire.last_lines(boundary)}"
    )
    return lines.encode("ascii"), message_id
