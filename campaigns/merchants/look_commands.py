"""The door of a merchant's look on the terminal: see it, change any part of it."""

from dataclasses import asdict, replace
from typing import Any

import click

from campaigns.door import house
from campaigns.merchants.commands import merchant
from campaigns.merchants.look import Font, Look, Tone, checked_colour, checked_logo, checked_signature
from campaigns.merchants.merchant import get_merchant, wear
from campaigns.terminal import merchant_option, show

WORDS = {
    "logo_url": "logo",
    "accent": "accent",
    "second": "second colour",
    "font": "font",
    "tone": "tone",
    "signature": "signature",
}


@merchant.say("merchant look --merchant 1 --logo https://shop.example/logo.png --accent '#1f5f8b' --tone warm", "look")
@merchant_option
@click.option("--logo", help='The address of a PNG or JPEG, over https; "" takes it away.')
@click.option("--accent", help="The colour of the rating, as #rrggbb.")
@click.option("--second", help='The colour of the name and the question, as #rrggbb; "" for none of its own.')
@click.option("--font", type=click.Choice([each.value for each in Font]))
@click.option("--tone", type=click.Choice([each.value for each in Tone]), help="How letters greet and end.")
@click.option("--signature", help='Who signs letters; "" for the merchant\'s name.')
def look(merchant_id: int, as_json: bool, **options: str | None) -> None:
    """Print a merchant's look, after changing what is named."""
    given = {name: value for name, value in options.items() if value is not None}
    with house().database.transaction() as session:
        row = get_merchant(session, merchant_id)
        chosen = _changed(row.look, given)
        if chosen != row.look:
            wear(session, row, chosen)
    lines = (f"{words:<14} {getattr(chosen, name) or '-'}" for name, words in WORDS.items())
    show({"merchant": merchant_id, **asdict(chosen)}, as_json, *lines)


def _changed(look: Look, given: dict[str, str]) -> Look:
    changes: dict[str, Any] = {}
    if "logo" in given:
        changes["logo_url"] = checked_logo(given["logo"], "--logo") if given["logo"].strip() else ""
    if "accent" in given:
        changes["accent"] = checked_colour(given["accent"], "--accent")
    if "second" in given:
        changes["second"] = checked_colour(given["second"], "--second") if given["second"].strip() else ""
    if "font" in given:
        changes["font"] = Font(given["font"])
    if "tone" in given:
        changes["tone"] = Tone(given["tone"])
    if "signature" in given:
        changes["signature"] = checked_signature(given["signature"], "--signature")
    return replace(look, **changes)
