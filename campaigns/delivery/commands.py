"""The doors of relays and paces on the terminal: where letters leave by, and how fast."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from campaigns import clock
from campaigns.delivery.pace import daily_limit
from campaigns.delivery.relay import Relay, add_relay, get_relay, relays_of, remove_relay, set_active
from campaigns.delivery.server import MISTAKE, Server
from campaigns.door import house
from campaigns.errors import AskwellError, SettingsError
from campaigns.merchants.merchant import get_merchant, set_pace
from campaigns.rates import read_rate
from campaigns.terminal import Group, merchant_option, show

LONGEST_NAME = 60

relay = Group("relay", help="Relays: the mail servers a merchant's letters leave by; without any, that of SMTP_URL.")
pace = Group("pace", help="Paces: how fast the letters of a merchant leave.")
relay_argument = click.argument("relay_id", type=int)


@relay.say("relay add --merchant 1 --name ses --url - --rate 14 < url.txt", "add")
@merchant_option
@click.option("--name", required=True, help="What you call it.")
@click.option("--url", help="As SMTP_URL; - reads it from standard input, which keeps the password from `ps`.")
@click.option("--url-file", help="A file that holds the URL.")
@click.option("--weight", type=click.IntRange(1, 1000), default=1, show_default=True, help="Its share in its tier.")
@click.option("--tier", type=click.IntRange(0, 100), default=0, show_default=True, help="Higher ones only stand in.")
@click.option("--connections", type=click.IntRange(1, 1000), default=4, show_default=True, help="Of one worker.")
@click.option("--rate", help="Letters per second of all workers together, like 14; or 5000/d.")
@click.option("--warm-up-from", type=click.DateTime(["%Y-%m-%d"]), help="The first day of a new address: 50 letters.")
@click.option("--signs", is_flag=True, help="It signs letters with DKIM itself.")
def add(merchant_id: int, name: str, url: str | None, url_file: str | None, as_json: bool, **options: Any) -> None:
    """Let a merchant's letters leave by a server of its own."""
    words = " ".join(name.split())
    if not 0 < len(words) <= LONGEST_NAME or not words.isprintable():
        raise AskwellError(f"--name is blank or longer than {LONGEST_NAME} letters.")
    first_day: datetime | None = options["warm_up_from"]
    row = Relay(
        merchant_id=merchant_id,
        name=words,
        letters_per_second=read_rate("--rate", options["rate"] or ""),
        warm_up_from=first_day.date() if first_day else None,
        created_at=clock.now(),
        **{option: options[option] for option in ("weight", "tier", "connections", "signs")},
    )
    address = _url(url, url_file)
    with house().database.transaction() as session:
        get_merchant(session, merchant_id)
        relay_id = add_relay(session, house().vault, row, address).id
    check = f"relay check {relay_id} --merchant {merchant_id}"
    show({"relay": relay_id, "name": words}, as_json, f"Relay {relay_id} is here. Next: {check}")


def _url(url: str | None, url_file: str | None) -> str:
    """Read the URL from wherever it is; what is wrong with it is said without repeating it."""
    if (url is None) is (url_file is None):
        raise AskwellError("Say where the relay is: either --url URL, - for standard input, or --url-file FILE.")
    try:
        found = Path(url_file).read_text() if url_file is not None else sys.stdin.read() if url == "-" else url
        Server.from_url((found or "").strip())
    except (OSError, UnicodeDecodeError):
        raise AskwellError("The file of --url-file cannot be read.") from None
    except SettingsError:
        raise AskwellError(MISTAKE.replace("SMTP_URL", "The URL")) from None
    return (found or "").strip()


@relay.say("relay list --merchant 1", "list")
@merchant_option
def list_relays(merchant_id: int, as_json: bool) -> None:
    """Print a merchant's relays; passwords stay sealed."""
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        rows = relays_of(session, merchant_id)
    found = [_described(row, clock.now().date()) for row in rows]
    lines = [_line(each) for each in found] or ["None: letters leave by the house's own relay, SMTP_URL."]
    show({"relays": found}, as_json, *lines)


def _described(row: Relay, today: date) -> dict[str, Any]:
    try:
        server = row.server(house().vault)
        where = f"{server.host}:{server.port}"
    except SettingsError:
        where = "sealed with a SECRET_KEY that is not here"
    return {
        "relay": row.id,
        "name": row.name,
        "state": "active" if row.is_active else "paused",
        "server": where,
        "tier": row.tier,
        "weight": row.weight,
        "connections": row.connections,
        "letters_per_second": row.letters_per_second,
        "warm_up_from": row.warm_up_from,
        "letters_today": daily_limit(row.warm_up_from, today) if row.warm_up_from else None,
        "signs": row.signs,
    }


def _line(found: dict[str, Any]) -> str:
    limits = f", {found['letters_per_second']:g} a second" if found["letters_per_second"] else ""
    limits += f", {found['letters_today']:,} a day while it warms up" if found["letters_today"] else ""
    place = f"tier {found['tier']}, weight {found['weight']}, {found['connections']} connections"
    return f"{found['relay']}  {found['name']}  {found['server']}  {found['state']}  {place}{limits}"


@relay.say("relay pause 3 --merchant 1", "pause")
@relay_argument
@merchant_option
def pause(relay_id: int, merchant_id: int, as_json: bool) -> None:
    """Let no letter leave by a relay; the merchant's others take its share, or its letters wait."""
    _set(merchant_id, relay_id, False, as_json)


@relay.say("relay resume 3 --merchant 1", "resume")
@relay_argument
@merchant_option
def resume(relay_id: int, merchant_id: int, as_json: bool) -> None:
    """Let letters leave by a relay again."""
    _set(merchant_id, relay_id, True, as_json)


def _set(merchant_id: int, relay_id: int, is_active: bool, as_json: bool) -> None:
    with house().database.transaction() as session:
        set_active(session, get_relay(session, merchant_id, relay_id), is_active)
    state = "active" if is_active else "paused"
    show({"relay": relay_id, "state": state}, as_json, f"Relay {relay_id} is {state}.")


@relay.say("relay remove 3 --merchant 1", "remove")
@relay_argument
@merchant_option
def remove(relay_id: int, merchant_id: int, as_json: bool) -> None:
    """Forget a relay and its password; without any, the merchant's letters leave by SMTP_URL."""
    with house().database.transaction() as session:
        remove_relay(session, get_relay(session, merchant_id, relay_id))
    show({"relay": relay_id, "state": "removed"}, as_json, f"Relay {relay_id} is removed.")


@pace.say("pace set 1 --letters-per-second 20", "set")
@click.argument("merchant_id", type=int)
@click.option("--letters-per-second", "rate", required=True, help="Of all workers and relays together; or none.")
def set_merchant_pace(merchant_id: int, rate: str, as_json: bool) -> None:
    """Let a merchant's letters leave no faster than this."""
    wanted = None if rate == "none" else read_rate("--letters-per-second", rate)
    with house().database.transaction() as session:
        set_pace(session, get_merchant(session, merchant_id), wanted)
    said = "as fast as its relays take them" if wanted is None else f"at {wanted:g} a second"
    show({"merchant": merchant_id, "letters_per_second": wanted}, as_json, f"Letters leave {said}.")
