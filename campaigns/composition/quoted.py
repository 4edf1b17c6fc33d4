"""Quoted-printable with every line below 76, nothing a relay could trip over, and an exact way back."""

import re

LINE = 72  # and at most two more for a dot, and one for the soft break: 75
NEEDS_CODE = re.compile(rb"[^ !-<>-~]+")
PIECE = re.compile(rb".{1,%d}(?<!=)(?<!=.)" % LINE, re.DOTALL)  # never through the middle of =XX
LEADING = re.compile(rb"\.|From ")  # SMTP doubles the one, mail stores quote the other


def quote(text: str) -> bytes:
    """Encode a text's lines, each ended by CRLF."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8").split(b"\n")
    return b"\r\n".join(_quote_line(line) for line in lines) + b"\r\n"


def _quote_line(line: bytes) -> bytes:
    coded = NEEDS_CODE.sub(_code, line)
    if coded.endswith(b" "):
        coded = coded[:-1] + b"=20"
    return b"=\r\n".join(_guard(piece) for piece in PIECE.findall(coded))


def _guard(piece: bytes) -> bytes:
    return b"=%02X" % piece[0] + piece[1:] if LEADING.match(piece) else piece


def _code(found: re.Match[bytes]) -> bytes:
    return b"=" + found.group().hex("=").upper().encode("ascii")
