"""Mails as servers and people write them, about a letter that left."""

from email import message_from_bytes
from pathlib import Path

import pytest

PATHS = [parent / "shared" / "samples" for parent in Path(__file__).resolve().parents]


def samples() -> Path:
    """Real bounces and complaints, where they lie beside the project; they are no part of it."""
    found = next((path for path in PATHS if path.is_dir()), None)
    if found is None:
        pytest.skip("there are no real bounces beside the project to test against")
    return found


def dsn(
    letter: bytes, status: str = "5.1.1", said: str = "smtp; 550 5.1.1 user unknown", action: str = "failed"
) -> bytes:
    """Return a letter as RFC 3464 says it comes back."""
    report = f"Final-Recipient: rfc822; ana0@example.com\nAction: {action}\nStatus: {status}\n"
    report += f"Diagnostic-Code: {said}\n" if said else ""
    head = letter.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode()
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
To: hello@harbour.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.com. Your message could not be delivered.
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

{report}
--b1
Content-Type: text/rfc822-headers

{head}
--b1--
""".encode()


def arf(letter: bytes, kind: str = "abuse", recipient: str = "redacted@mx.example.com") -> bytes:
    """Return a complaint about a letter (RFC 5965)."""
    return (
        f"""From: feedback@mx.example.com
To: abuse@harbour.example
Subject: FW: your mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b2"

--b2
Content-Type: text/plain

This is an email abuse report.
--b2
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Loop/1.0
Version: 1
Original-Rcpt-To: {recipient}

--b2
Content-Type: message/rfc822

""".encode()
        + letter.replace(b"\r\n", b"\n")
        + b"\n--b2--\n"
    )


def hotmail(letter: bytes) -> bytes:
    """Return a complaint in the shape that is no report."""
    return (
        b"""From: staff@hotmail.com
To: abuse@harbour.example
Subject: complaint about message from 192.0.2.1
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b3"

--b3
Content-Type: message/rfc822

X-HmXmrOriginalRecipient: ana0@example.com
"""
        + letter.replace(b"\r\n", b"\n")
        + b"\n--b3--\n"
    )


def written_by_hand(address: str = "ana0@example.com", said: str = "550 user unknown") -> bytes:
    """Return a bounce that is a letter of a server, and names an address and nothing else."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.com
To: hello@harbour.example
Subject: Returned mail: see below

Unable to deliver mail to <{address}>: {said}
""".encode()


def out_of_office(
    *headers: str, to: str = "hello@harbour.example", subject: str = "Automatic reply: How was it?"
) -> bytes:
    head = "".join(f"{header}\n" for header in headers)
    return f"From: Ana <ana0@example.com>\nTo: {to}\nSubject: {subject}\n{head}\n5. I am away until Monday.\n".encode()


def reply(
    letter: bytes, words: str = "5\n\nLovely mugs!", sender: str = "Ana Ruiz <ana0@example.com>", to: str = ""
) -> bytes:
    """Return what a person writes back to a letter."""
    sent = message_from_bytes(letter)
    return f"""From: {sender}
To: {to or sent["Reply-To"]}
Subject: Re: How was your order?
In-Reply-To: {sent["Message-ID"]}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{words}

On Sat, 21 Nov 2026 at 10:00, Harbour Mugs <hello@harbour.example> wrote:
> 1 2 3 4 5
> How was your order?
""".encode()
