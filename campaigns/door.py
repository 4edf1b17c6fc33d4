"""What every door shares: the house it belongs to."""

from flask import Flask, current_app

from campaigns.house import House


def hang(app: Flask, house: House) -> None:
    app.extensions["house"] = house


def house() -> House:
    """Return the house of the door that was knocked on."""
    found: House = current_app.extensions["house"]
    return found
