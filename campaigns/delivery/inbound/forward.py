"""A customer's reply is passed on to the merchant whole, under a head of ours: theirs could carry anything."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.generator import BytesGenerator
from email.policy import compat32
from io import BytesIO

from campaigns.composition import wire
from campaigns.composition.letter import Letter
from campaigns.composition.quoted import quote
from campaigns.delivery.inbound.autoreply import LOOP
from campaigns.delivery.inbound.fields import words_of
from campaigns.delivery.inbound.parse import Parsed, is_trap
from campaigns.delivery.inbound.reply import sender_of
from campaigns.errors import RenderingError
from campaigns.merchants.merchant import Merchant

POLICY = compat32.clone(linesep="\r\n", cte_type="7bit")
LONGEST_LINE = 998  # RFC 5322
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """A reply on its way to the merchant."""

    mail_id: int
    merchant: Merchant
    mail: Parsed
    raw: bytes
    now: datetime


def write(forward: Forward) -> Letter:
    """Write what the merchant gets; raises RenderingError where it has no address that a letter can carry."""
    merchant = forward.merchant
    sender, recipient = wire.ascii_address(merchant.from_address), wire.ascii_address(merchant.reply_to)
    subject = words_of(forward.mail.head.first("subject")) or "Reply"
    message_id = f"<reply.{forward.mail_id}.{int(forward.now.timestamp())}@{wire.domain_of(sender)}>"
    lines = [
        f"From: {wire.mailbox('From', wire.Person(merchant.name, sender))}",
        f"To: {recipient}",
        *_reply_to(forward.mail),
        f"Subject: {wire.words('Subject', subject)}",
        f"Date: {wire.date(forward.now)}",
        f"Message-ID: {message_id}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        f"{LOOP.title()}: 1",
        "MIME-Version: 1.0",
    ]
    head = "".join(f"{line}\r\n" for line in lines).encode("ascii")
    return Letter(
        sender=sender,
        recipient=recipient,
        message_id_header=message_id,
        subject=subject,
        html="",
        text=forward.mail.text,
        data=head + (_as_sent(forward.raw) or PLAIN + quote([forward.mail.text.replace("\r\n", "\n")])),
    )


def _reply_to(mail: Parsed) -> list[str]:
    try:
        return [f"Reply-To: {wire.ascii_address(sender_of(mail))}"]
    except RenderingError:
        return []


def _as_sent(raw: bytes) -> bytes:
    """Return the body with the headers that describe it; nothing where it cannot be sent on as it is."""
    if is_trap(raw):
        return b""
    try:
        message = message_from_bytes(_lines(raw, b"\n"))
        for name in [*message]:
            if not name.lower().startswith("content-"):
                del message[name]
        out = BytesIO()
        BytesGenerator(out, mangle_from_=False, policy=POLICY).flatten(message)
    except Exception:  # noqa: BLE001 - the generator trips over broken mails in many ways
        return b""
    body = _lines(out.getvalue(), b"\r\n")
    return body if body.isascii() and max(map(len, body.split(b"\r\n"))) <= LONGEST_LINE else b""


def _lines(data: bytes, end: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", end)
