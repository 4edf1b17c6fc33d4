"""Quoted-printable with every line below 76, nothing a relay could trip over, and an exact way back.

A text comes in pieces, as `marks.pieces` returns them: the template's words and the values among
them. Each piece is encoded without a look at its neighbours, and ended by a soft line break where
it does not end a line: so the template's can be encoded once for many letters.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

LINE = 72  # and at most two more for a dot, and one for the soft break: 75
SOFT = b"=\r\n"
NEEDS_CODE = re.compile(rb"[^ !-<>-~]+")
PIECE = re.compile(rb".{1,%d}(?<!=)(?<!=.)" % LINE, re.DOTALL)  # never through the middle of =XX
LEADING = (b".", b"From ")  # SMTP doubles the one, mail stores quote the other
CODES = [b"=%02X" % byte if NEEDS_CODE.match(b"%c" % byte) else b"%c" % byte for byte in range(256)]
PLAIN = re.compile(rf"[ !-\-/-<>-EG-~][ -<>-~]{{,{LINE - 1}}}")  # most values: these are taken as they are


def quote(pieces: Sequence[str]) -> bytes:
    """Encode a whole text, whose last line is ended by CRLF like all others."""
    *inner, last = pieces
    return b"".join(quote_value(each) if at % 2 else quote_words(each) for at, each in enumerate(inner)) + quote_end(
        last
    )


def quote_words(text: str) -> bytes:
    """Encode words that a value follows."""
    lines = _lines(text)
    return _whole(lines[:-1]) + (_broken(lines[-1]) + SOFT if lines[-1] else b"")


def quote_value(text: str) -> bytes:
    """Encode a value, which is one line."""
    return text.encode("ascii") + SOFT if PLAIN.fullmatch(text) else _quote_odd_value(text)


def quote_end(text: str) -> bytes:
    """Encode the words that a text ends with."""
    return _whole(_lines(text))


@lru_cache(maxsize=4096)
def _quote_odd_value(text: str) -> bytes:
    coded = b"".join([CODES[byte] for byte in text.encode("utf-8")])
    return (_guard(coded) if len(coded) <= LINE else _broken(coded)) + SOFT


def _lines(text: str) -> list[bytes]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8").split(b"\n")
    return [NEEDS_CODE.sub(_code, line) for line in lines]


def _whole(lines: Sequence[bytes]) -> bytes:
    """Put whole lines together; a space at the end of one would be lost on the way."""
    return b"".join(_broken(line[:-1] + b"=20" if line.endswith(b" ") else line) + b"\r\n" for line in lines)


def _broken(line: bytes) -> bytes:
    return SOFT.join(_guard(piece) for piece in PIECE.findall(line))


def _guard(piece: bytes) -> bytes:
    return b"=%02X" % piece[0] + piece[1:] if piece.startswith(LEADING) else piece


def _code(found: re.Match[bytes]) -> bytes:
    return b"=" + found.group().hex("=").upper().encode("ascii")
