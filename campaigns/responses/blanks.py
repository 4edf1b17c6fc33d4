"""A page on which nobody has written yet is rendered once; each letter's differs by its token and nonce only."""

import secrets
from collections.abc import Callable, Hashable

MOST_REMEMBERED = 500  # pages, of a few thousand characters each

Write = Callable[[str, str], str]  # token, nonce → page


class Blanks:
    """Remembers pages with two slots, named so that nothing else on a page can be taken for them."""

    def __init__(self) -> None:
        self._token, self._nonce = secrets.token_hex(16), secrets.token_hex(16)
        self._pages: dict[Hashable, str] = {}

    def fill(self, key: Hashable, write: Write, token: str, nonce: str) -> str:
        """Return the page of a key, written for this letter; both values are of letters that need no escape."""
        page = self._pages.get(key)
        if page is None:
            if len(self._pages) >= MOST_REMEMBERED:
                self._pages.clear()
            page = self._pages[key] = write(self._token, self._nonce)
        return page.replace(self._token, token).replace(self._nonce, nonce)
