"""A notice is a plain mail to a merchant's own people: no template, no customer, and no link but our own."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from markupsafe import escape

from campaigns.composition import wire
from campaigns.composition.head import HOUSE, MACHINE
from campaigns.composition.letter import Letter
from campaigns.composition.line import one_line

LONGEST_SUBJECT = 120
FOOT = "Askwell wrote this for {}, because you own that account. It writes about the same thing at most once a day."


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    notice_id: int
    merchant_name: str
    from_address: str
    to_address: str
    subject: str
    words: str  # paragraphs
    dashboard: str  # where to look
    now: datetime


def compose_notice(facts: NoticeFacts) -> Letter:
    """Write the mail; raises RenderingError."""
    sender, recipient = wire.ascii_address(facts.from_address), wire.ascii_address(facts.to_address)
    subject = one_line(facts.subject, LONGEST_SUBJECT)
    boundary = f"askwell-notice-{facts.notice_id}"
    digest = hashlib.sha256(f"{facts.now.timestamp()}\n{facts.merchant_name}".encode()).hexdigest()[:12]
    message_id = f"<notice.{facts.notice_id}.{digest}@{wire.domain_of(sender)}>"
    paragraphs = [*facts.words.split("\n\n"), facts.dashboard, FOOT.format(one_line(facts.merchant_name))]
    text = "\n\n".join(paragraphs) + "\n"
    html = "".join(f"<p>{_paragraph(each)}</p>\n" for each in paragraphs)
    head = (
        f"From: {wire.mailbox('From', wire.Person(HOUSE, sender))}\r\nTo: {recipient}\r\n"
        f"Subject: {wire.words('Subject', subject)}\r\nDate: {wire.date(facts.now)}\r\n"
        f"Message-ID: {message_id}\r\n{MACHINE}{wire.last_lines(boundary)}"
    )
    return Letter(
        sender=sender,
        recipient=recipient,
        message_id_header=message_id,
        subject=subject,
        html=html,
        text=text,
        data=head.encode("ascii") + b"\r\n" + wire.body([text], [html], boundary),
    )


def _paragraph(words: str) -> str:
    if words.startswith("    "):
        return f"<code>{escape(words.strip())}</code>"
    if words.startswith(("http://", "https://")) and " " not in words:
        return f'<a href="{escape(words)}">{escape(words)}</a>'
    return str(escape(words))
