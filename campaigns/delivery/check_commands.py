"""The door for whoever asks whether a relay works, before the first letter finds out."""

from typing import Any

import click

from campaigns.delivery.commands import relay
from campaigns.delivery.probe import Findings, probe
from campaigns.delivery.relay import HOUSE, get_relay, house_relay
from campaigns.delivery.server import Server
from campaigns.door import house
from campaigns.errors import AskwellError, ServerUnavailable
from campaigns.terminal import show


@relay.say("relay check 3 --merchant 1", "check")
@click.argument("relay_id", type=int, default=HOUSE)
@click.option("--merchant", "merchant_id", type=int, help="The merchant's number.")
def check(relay_id: int, merchant_id: int | None, as_json: bool) -> None:
    """Connect to a relay, encrypt, sign in, and say what it offers; without a number, to the house's own."""
    if (relay_id == HOUSE) is not (merchant_id is None):
        raise AskwellError("Say which relay: its number and --merchant ID, or neither for that of SMTP_URL.")
    try:
        found = probe(_server(merchant_id, relay_id), house().links.host)
    except ServerUnavailable as error:
        said = f" It said {error.code} {error.status}".rstrip() + "." if error.code else ""
        raise AskwellError(f"{_name(relay_id)} cannot be used. {error}{said}") from None
    show({"relay": relay_id, **_offered(found)}, as_json, f"{_name(relay_id)} works.", *_told(_offered(found)))


def _server(merchant_id: int | None, relay_id: int) -> Server:
    if merchant_id is None:
        return house_relay(house().settings).server
    with house().database.reading() as session:
        return get_relay(session, merchant_id, relay_id).server(house().vault)


def _name(relay_id: int) -> str:
    return "The house's own relay" if relay_id == HOUSE else f"Relay {relay_id}"


def _offered(found: Findings) -> dict[str, Any]:
    return {
        "encrypted": found.is_encrypted,
        "signed_in": found.is_signed_in,
        "pipelining": found.offers.pipelining,
        "smtputf8": found.offers.utf8,
        "largest_letter": found.offers.largest or None,
    }


def _told(offered: dict[str, Any]) -> list[str]:
    return [f"{what.replace('_', ' ')}: {'yes' if it is True else it or 'no'}" for what, it in offered.items()]
