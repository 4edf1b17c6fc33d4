"""What every door shares: the house it belongs to, and what it remembers between two knocks."""

from collections.abc import Mapping
from typing import TypeVar

from flask import Flask, Response, current_app

from campaigns.house import House

Memory = TypeVar("Memory")


def hang(app: Flask, house: House) -> None:
    app.extensions["house"] = house


def house() -> House:
    """Return the house of the door that was knocked on."""
    found: House = current_app.extensions["house"]
    return found


def remembered(kind: type[Memory]) -> Memory:
    """Return what this application remembers of one kind; it begins empty and ends with the application."""
    name = f"remembered {kind.__name__}"
    found: Memory | None = current_app.extensions.get(name)
    return found if found is not None else current_app.extensions.setdefault(name, kind())


def add_missing(response: Response, headers: Mapping[str, str]) -> None:
    """Let an answer say what it has not said itself."""
    said = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in headers.items() if name.lower() not in said])
