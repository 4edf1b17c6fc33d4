"""What an ESP tells of one letter, before anybody has looked for that letter: the same shape whoever tells it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from campaigns.delivery.event import Kind, News
from campaigns.delivery.kinds import best_status, code_in, kind_of
from campaigns.errors import UnreadablePayload

Object = Mapping[str, Any]
SOONEST, LATEST = 2000, 9000  # years


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing said of one letter to one address."""

    news: News
    address: str
    key: str  # the same for the same thing told twice
    at: datetime | None = None
    kind: Kind | None = None
    code: int | None = None
    status: str = ""
    header: str = ""  # the Message-ID we gave the letter
    reference: str = ""  # the ESP's own name for it
    sender: str = ""  # the address it came from


# What a body holds, in its order; None for each thing that means nothing to us.
Reading = Iterator[Told | None]


@dataclass(frozen=True, slots=True)
class Bounce:
    kind: Kind
    code: int | None
    status: str

    @classmethod
    def read(cls, words: str, otherwise: Kind, status: str = "", code: int | None = None) -> "Bounce":
        """Read the words of a server; `otherwise` is what the ESP calls it."""
        status, code = best_status(status, words), code if code is not None else code_in(words)
        return cls(kind_of(code, status, words, otherwise), code, status)


def parsed(body: bytes) -> Any:
    """Return a body's JSON; raises UnreadablePayload."""
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        raise UnreadablePayload("The body is not JSON.") from None


def an_object(value: Any) -> Object:
    return value if isinstance(value, Mapping) else {}


def objects(value: Any) -> list[Object]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def words(source: Object, *path: str) -> str:
    """Return the text at a path of keys; nothing where there is none."""
    for name in path[:-1]:
        source = an_object(source.get(name))
    found = source.get(path[-1])
    return found if isinstance(found, str) else ""


def number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1000 else None


def moment(value: Any) -> datetime | None:
    """Return a moment told as seconds or as ISO 8601; None where it is neither, or none of ours."""
    try:
        is_number = isinstance(value, int | float)
        found = datetime.fromtimestamp(value, UTC) if is_number else datetime.fromisoformat(value)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found if SOONEST < found.year < LATEST else None  # beyond these nothing can be counted from it
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def digest(value: Any) -> str:
    """Return what stands for something that has no number of its own."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def header_named(headers: Any, name: str) -> str:
    """Return one of the headers of a letter, told as a list of names and values."""
    return next((words(each, "value") for each in objects(headers) if words(each, "name").lower() == name), "")


def plain_address(text: str) -> str:
    """Return the address of `Name <address>`."""
    return text.rpartition("<")[2].rstrip("> ").strip() if "<" in text else text.strip()
