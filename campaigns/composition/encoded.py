"""Words beyond ASCII in a header: RFC 2047's encoded words, each whole characters and never too long."""

from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache

WIDTH = 76  # of a line
LONGEST = 75  # of an encoded word
B, Q = "=?utf-8?b?{}?=", "=?utf-8?q?{}?="
FRAME = len(Q.format(""))
SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")  # even in a name


def encoded_words(header: str, text: str) -> str:
    """Return a header's value for a text, folded so that every line stays within `WIDTH`."""
    first = WIDTH - len(header) - 2 - FRAME
    quoted = [_quoted(character) for character in text]
    if sum(map(len, quoted)) <= _length_in_base64(len(text.encode("utf-8"))):
        chunks = [Q.format(chunk) for chunk in _filled(quoted, first)]
    else:
        chunks = [B.format(chunk) for chunk in _in_base64(text, first)]
    return "\r\n ".join(chunks)


@lru_cache(maxsize=2000)
def _quoted(character: str) -> str:
    if character in SAFE:
        return character
    return "_" if character == " " else "".join(f"={byte:02X}" for byte in character.encode("utf-8"))


def _filled(parts: list[str], room: int) -> Iterator[str]:
    """Fill one encoded word after the other, the first of which has less room."""
    chunk = ""
    for part in parts:
        if len(chunk) + len(part) > room:
            yield chunk
            chunk, room = "", LONGEST - FRAME
        chunk += part
    yield chunk


def _in_base64(text: str, room: int) -> Iterator[str]:
    chunk = b""
    for character in text:
        added = character.encode("utf-8")
        if _length_in_base64(len(chunk) + len(added)) > room:
            yield b64encode(chunk).decode("ascii")
            chunk, room = b"", LONGEST - FRAME
        chunk += added
    yield b64encode(chunk).decode("ascii")


def _length_in_base64(count: int) -> int:
    return (count + 2) // 3 * 4
