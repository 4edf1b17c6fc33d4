"""Certificates and confirmations are fetched over https, quickly or not at all, and each certificate once."""

import threading
from collections.abc import Callable
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from campaigns.errors import AskwellError

Fetch = Callable[[str], bytes]
PATIENCE = 5.0  # seconds
LARGEST = 64 * 1024
MOST = 50  # remembered; Amazon has one for each region, and changes it about once a year


class NotFetched(AskwellError):
    """What the service pointed to could not be fetched; it will try again."""


def fetch(url: str) -> bytes:
    """Return what is at an https address whose host the caller has checked; no redirect is followed."""
    parts = urlsplit(url)
    connection = HTTPSConnection(parts.hostname or "", timeout=PATIENCE)
    try:
        connection.request("GET", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
        answer = connection.getresponse()
        body = answer.read(LARGEST + 1)
    except (OSError, HTTPException, ValueError):
        raise NotFetched from None
    finally:
        connection.close()
    if answer.status != 200 or len(body) > LARGEST:
        raise NotFetched
    return body


class Certificates:
    """Remembers what was fetched from where."""

    def __init__(self, fetch: Fetch | None = None) -> None:
        self.fetch: Fetch = fetch or _fetch
        self._known: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def get(self, url: str) -> bytes:
        """Return a certificate; raises NotFetched."""
        known = self._known.get(url)
        if known is not None:
            return known
        with self._lock:  # many at once wait for one
            if url not in self._known:
                if len(self._known) >= MOST:
                    self._known.clear()
                self._known[url] = self.fetch(url)
            return self._known[url]


_fetch = fetch
