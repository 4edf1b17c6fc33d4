"""Knocks at our own door from outside: a one-click POST with a token made for nothing, which changes nothing."""

import ssl
from contextlib import closing
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from campaigns.delivery.doctor.own_house import Knock

PATIENCE = 10.0  # seconds
BODY = "List-Unsubscribe=One-Click"
HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Askwell-Doctor"}


def knock(url: str) -> Knock:
    """POST to an address as a mail program would, and follow nothing."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    try:
        with closing(kind(parts.hostname or "", parts.port, timeout=PATIENCE)) as line:
            line.request("POST", parts.path, BODY, HEADERS)
            return _seen(line.getresponse())
    except ssl.SSLCertVerificationError as error:
        return Knock(trouble=f"Its certificate is not to be trusted: {error.verify_message}.")
    except (OSError, HTTPException) as error:
        return Knock(trouble=f"{type(error).__name__}.", is_unreachable=True)


def _seen(answer: HTTPResponse) -> Knock:
    try:
        date = parsedate_to_datetime(answer.getheader("Date", ""))
    except ValueError:
        date = None
    date = date if date is not None and date.tzinfo else None
    return Knock(status=answer.status, sets_cookie=answer.getheader("Set-Cookie") is not None, date=date)
