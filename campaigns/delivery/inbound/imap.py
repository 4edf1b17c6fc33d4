"""A mailbox is read over IMAP: what is unseen in it is taken once, and seen only when it is kept."""

import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from campaigns import clock
from campaigns.delivery.inbound.parse import LARGEST
from campaigns.delivery.inbound.receive import Receipt, accept
from campaigns.errors import AskwellError
from campaigns.house import House

log = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds for one answer
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


def poll(house: House, folder: str = "") -> int:
    """Take the unseen mails of IMAP_URL's mailbox; returns how many were new.

    Each is marked as seen, and with a `folder` moved there. Raises AskwellError, which repeats
    neither the address nor the password, and SQLAlchemyError.
    """
    try:
        with _mailbox(house.settings.inbound.imap_url) as mailbox:
            found = _asked(mailbox.uid("SEARCH", "UNSEEN"))
            return sum(_take(house, mailbox, number.decode(), folder) for number in found.split())
    except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
        raise AskwellError(f"The mailbox of IMAP_URL cannot be read ({type(error).__name__}).") from None


@contextmanager
def _mailbox(url: str) -> Iterator[imaplib.IMAP4]:
    parts = urlsplit(url)
    mailbox = _dial(parts.scheme, parts.hostname or "", parts.port)
    try:
        mailbox.login(unquote(parts.username or ""), unquote(parts.password or ""))
        _asked(mailbox.select(_quoted(unquote(parts.path.strip("/")) or "INBOX")))
        yield mailbox
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            mailbox.logout()


def _dial(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    if scheme != "imaps":
        return imaplib.IMAP4(host, port or 143, timeout=PATIENCE)
    # By itself imaplib believes any certificate, and would tell the password to whoever stands between.
    return imaplib.IMAP4_SSL(host, port or 993, ssl_context=ssl.create_default_context(), timeout=PATIENCE)


def _take(house: House, mailbox: imaplib.IMAP4, number: str, folder: str) -> bool:
    """Take one mail; a mailbox forgets that it was seen where this process ends before."""
    size = SIZE.search(_asked(mailbox.uid("FETCH", number, "(RFC822.SIZE)")))
    is_new = False
    if size and int(size[1]) > LARGEST:
        log.warning("mail %s of the mailbox is larger than is read; it stays there, seen", number)
    elif raw := _asked(mailbox.uid("FETCH", number, "(BODY.PEEK[])")):
        is_new = accept(house, raw, clock.now()) is Receipt.NEW
        if folder:
            _asked(mailbox.uid("COPY", number, _quoted(folder)))
            _asked(mailbox.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen \Deleted)"))
            with suppress(imaplib.IMAP4.error):  # without UIDPLUS it goes with the next who empties the mailbox
                mailbox.uid("EXPUNGE", number)
            return is_new
    _asked(mailbox.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)"))
    return is_new


def _asked(answer: tuple[str, list[Any]]) -> bytes:
    """Return what a server said to a command; a mail is the second half of its first pair."""
    word, data = answer
    if word != "OK":
        raise imaplib.IMAP4.error
    first = next((each for each in data if each), b"")
    return bytes(first[1]) if isinstance(first, tuple) else bytes(first)


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
