"""Bytes become replies however they are cut, and what is no reply is never taken for one."""

from functools import lru_cache

from campaigns.delivery.wire import Accepted, in_numbers

Reply = tuple[int, bytes]  # the code, and the text for as long as it takes to read numbers from it

NONSENSE = 0  # the code of what is no reply
CODES = {b"%d" % code: code for code in range(200, 600)}
LONGEST_LINE = 8192  # bytes; RFC 5321 allows 512
MOST_LINES = 256  # of one reply
LONGEST_STATUS = 12  # bytes; "5.123.123" and something to tell that it ends


class Replies:
    __slots__ = ("_code", "_lines", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._code = NONSENSE
        self._lines: list[bytes] = []  # of a reply that is not yet complete

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come that is not yet part of a reply."""
        return not self._rest and not self._lines

    def feed(self, data: bytes) -> list[Reply]:
        """Return the replies these bytes complete."""
        lines = (self._rest + data).split(b"\n") if self._rest else data.split(b"\n")
        self._rest = lines.pop()
        replies = []
        for line in lines:
            if line[3:4] == b" " and not self._lines:
                replies.append((CODES.get(line[:3], NONSENSE), line[4:]))
            elif reply := self._join(line):
                replies.append(reply)
        if len(self._rest) > LONGEST_LINE:
            self._rest = b""
            replies.append((NONSENSE, b""))
        return replies

    def _join(self, line: bytes) -> Reply | None:
        """Add a line to a reply of several; returns the reply with its last line."""
        code, mark = CODES.get(line[:3], NONSENSE), line[3:4]
        if self._lines and code != self._code:
            code = NONSENSE
        self._lines.append(line[4:].rstrip(b"\r"))
        if mark == b"-" and code != NONSENSE and len(self._lines) < MOST_LINES:
            self._code = code
            return None
        text, self._lines = b"\n".join(self._lines), []
        return (code if mark in {b" ", b"\r", b""} else NONSENSE), text


def numbers(reply: Reply) -> Accepted:
    """Return a reply's code and enhanced status."""
    code, text = reply
    return _numbers(code, text.partition(b" ")[0][:LONGEST_STATUS])


@lru_cache(maxsize=256)
def _numbers(code: int, word: bytes) -> Accepted:
    return in_numbers(code, word)
