"""Reads single fields out of other people's JSON: each is what it should be, or is named in the error."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from campaigns.errors import UnreadablePayload

Json = Mapping[str, Any]
MOST_ITEMS = 500
MOST_DIGITS = 13  # before the point of an amount
CENT_OF_A_CENT = Decimal("0.0001")
OLDEST, LATEST = 1990, 9000  # years; beyond them is somebody's sentinel, and zones cannot be applied
WORDS = (str, int, Decimal)
LINKS = ("https://", "http://localhost:", "http://127.0.0.1:")


def parse(body: bytes) -> Json:
    """Read a JSON object; numbers keep every digit. Raises UnreadablePayload."""
    try:
        data = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError):
        raise UnreadablePayload("The body is not JSON.") from None
    if not isinstance(data, dict):
        raise UnreadablePayload("The body is JSON, but not an object.")
    return data


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def text(data: Json, key: str, limit: int = 200) -> str:
    """Return one line of text, "" where there is none; numbers are taken as their digits."""
    value = data.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, WORDS):
        raise UnreadablePayload(f"{key} is {_kind(value)}; it should be text.")
    return one_line(str(value))[:limit]


def one_line(value: str) -> str:
    """Return text without line breaks, control characters and what no database can hold."""
    if value.isascii() and value.isprintable() and "  " not in value:
        return value.strip(" ")  # most are, and this door is a busy one
    printable = "".join(c if c.isprintable() or c in "\u200d\u200c\u200e\u200f" else " " for c in value)
    return " ".join(printable.encode("utf-8", "ignore").decode().split())


def flag(data: Json, key: str) -> bool:
    value = data.get(key)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise UnreadablePayload(f"{key} is {_kind(value)}; it should be true or false.")


def moment(data: Json, key: str) -> datetime | None:
    """Return an aware moment; one without a zone is read as UTC."""
    value = data.get(key)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
        if not OLDEST <= found.year <= LATEST:
            raise ValueError(key)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        raise UnreadablePayload(f"{key} should be a time like 2026-11-21T10:00:00Z.") from None


def amount(data: Json, key: str) -> Decimal | None:
    value = data.get(key)
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        found = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        raise UnreadablePayload(f"{key} should be an amount like 49.90.") from None
    if not found.is_finite() or found.adjusted() >= MOST_DIGITS:
        return None
    return found.quantize(CENT_OF_A_CENT) if found.adjusted() >= CENT_OF_A_CENT.adjusted() else Decimal(0)


def code(data: Json, key: str, length: int) -> str:
    """Return a code of capital letters, like a country's or a currency's; "" where it is none."""
    found = text(data, key, length + 1).upper()
    return found if len(found) == length and found.isascii() and found.isalpha() else ""


def count(data: Json, key: str, default: int | None) -> int | None:
    value = data.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise UnreadablePayload(f"{key} should be a whole number.")
    return value


def table(data: Json, key: str) -> Json:
    """Return an object, empty where there is none."""
    value = data.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UnreadablePayload(f"{key} is {_kind(value)}; it should be an object.")
    return value


def tables(data: Json, key: str) -> list[Json]:
    """Return a list of objects, empty where there is none."""
    values = array(data, key)
    if not all(isinstance(value, dict) for value in values):
        raise UnreadablePayload(f"{key} should be a list of objects.")
    return values


def array(data: Json, key: str) -> list[Any]:
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnreadablePayload(f"{key} is {_kind(value)}; it should be a list.")
    return value[:MOST_ITEMS]


def https(data: Json, key: str) -> str:
    """Return an address for a letter, or "": https, or this very machine where one tries things out."""
    value = data.get(key)
    if not isinstance(value, str) or not value.startswith(LINKS) or len(value) > 2000:
        return ""
    return value if value.isascii() and value.isprintable() and not set(value) & set(" <>\"'\\^`{}|") else ""


def order_id(data: Json, key: str) -> str:
    """Return the id every order has; it may be a number beyond 2^53. Raises UnreadablePayload."""
    found = text(data, key)
    if not found:
        raise UnreadablePayload(f"{key} is missing; every order has one.")
    return found


def _kind(value: object) -> str:
    names = {
        str: "text",
        bool: "true or false",
        int: "a number",
        Decimal: "a number",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "something else")
