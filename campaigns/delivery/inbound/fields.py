"""Header fields as they stand in mails, reports and bounces of old; whatever is there, reading ends soon."""

import re
from collections.abc import Iterable, Iterator
from email.header import decode_header

LONGEST = 4000  # characters of one value; the rest is cut off
MOST = 2000  # fields of one block
MOST_LINES = 20_000  # of a text
FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60})[ \t]*:[ \t]*(.*)")
ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:=]{1,64}@[^\s<>()\[\]\"',;:=]{1,253}")
NO_TEXTS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})  # codecs, not charsets


class Fields:
    """The fields of one block by their names, each as often as it stands there."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        for count, (name, value) in enumerate(pairs):
            if count >= MOST:
                break
            self._values.setdefault(name.lower(), []).append(" ".join(value[:LONGEST].split()))

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __bool__(self) -> bool:
        return bool(self._values)

    def all(self, *names: str) -> list[str]:
        """Return every value that stands under any of these names, which are in lower case."""
        return [value for name in names for value in self._values.get(name, ())]

    def first(self, *names: str) -> str:
        return next(iter(self.all(*names)), "")


def blocks_in(text: str) -> list[Fields]:
    """Return the blocks of fields of a text, which empty lines part; lines that are no fields are left out."""
    return [block for lines in _paragraphs(text) if (block := Fields(_pairs(lines)))]


def fields_in(text: str) -> Fields:
    """Return the fields at the head of a text."""
    return next(iter(blocks_in(text)), Fields())


def address_in(value: str) -> str:
    """Return the first address of a value like `rfc822;<ana@example.com>`; "" where there is none."""
    return next(addresses_in(value), "")


def addresses_in(text: str) -> Iterator[str]:
    return (found[0].rstrip(".").lower() for found in ADDRESS.finditer(text))


def words_of(value: str) -> str:
    """Return a field's value with its encoded words (RFC 2047) decoded, as far as they can be."""
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value[:LONGEST])
        return "".join(part if isinstance(part, str) else decoded(part, charset or "ascii") for part, charset in parts)
    except Exception:  # noqa: BLE001 - broken words trip the decoder in many ways
        return value


def decoded(data: bytes, charset: str) -> str:
    """Return bytes as text, in a charset that anybody may have named."""
    name = "utf-8" if charset.lower().replace("-", "_") in NO_TEXTS else charset
    try:
        return data.decode(name, "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _paragraphs(text: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in text.splitlines()[:MOST_LINES]:
        if line.strip():
            lines.append(line)
        elif lines:
            yield lines
            lines = []
    yield lines


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    name, values = "", [""]
    for line in lines:
        if line[0] in " \t" and name:
            values.append(line)
            continue
        if name:
            yield name, " ".join(values)
        found = FIELD.fullmatch(line)
        name, values = (found[1], [found[2]]) if found else ("", [""])
    if name:
        yield name, " ".join(values)
