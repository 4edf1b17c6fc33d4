"""The doors of signing keys on the terminal: make one, see what to publish, retire it."""

from typing import Any

import click

from campaigns import clock
from campaigns.door import house
from campaigns.errors import AskwellError
from campaigns.merchants.dkim_key import (
    DkimKey,
    KeyName,
    active_keys,
    ascii_domain,
    covers,
    create_key,
    free_selector,
    keys_of,
    retire_key,
)
from campaigns.merchants.key_pair import Algorithm
from campaigns.merchants.merchant import get_merchant
from campaigns.terminal import Group, merchant_option, show

FEW_READ = "Not every mail provider reads Ed25519 yet: keep an RSA key beside it."

dkim = Group("dkim", help="Signing keys: letters are signed in the name of the domain they come from.")


@dkim.say("dkim create --merchant 1 --domain shop.example", "create")
@merchant_option
@click.option("--domain", help="The domain that signs; the one letters come from without it.")
@click.option(
    "--selector", help="Where under the domain its record stands; the next free askwell1, askwell2 without it."
)
@click.option(
    "--algorithm",
    type=click.Choice([each.value for each in Algorithm]),
    default=Algorithm.RSA.value,
    show_default=True,
)
def create(merchant_id: int, domain: str | None, selector: str | None, algorithm: str, as_json: bool) -> None:
    """Make a key that signs from now on, and print the record to publish in the DNS."""
    with house().database.transaction() as session:
        from_domain = ascii_domain(get_merchant(session, merchant_id).from_address.rpartition("@")[2])
        signing = ascii_domain(domain) if domain is not None else from_domain
        if not covers(signing, from_domain):
            where = f"Letters of merchant {merchant_id} come from {from_domain}"
            raise AskwellError(f"{where}; a key of {signing} could sign none of them.")
        name = KeyName(merchant_id=merchant_id, domain=signing, selector=selector or free_selector(session, signing))
        key = create_key(session, house().vault, name, Algorithm(algorithm), clock.now())
    record = key.record(house().vault)
    lines = [
        f"Key {key.id} signs what merchant {merchant_id} sends. Its signatures count once this is in the DNS:",
        f"name       {record.name}",
        "type       TXT",
        f"value      {record.value}",
        f"zone file  {record.zone_line}",
    ]
    show(_data(key), as_json, *lines, *([FEW_READ] if key.algorithm == Algorithm.ED25519 else []))


@dkim.say("dkim list --merchant 1", "list")
@merchant_option
def list_keys(merchant_id: int, as_json: bool) -> None:
    """Print a merchant's keys and their records."""
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        keys = keys_of(session, merchant_id)
    lines = [line for key in keys for line in _lines(key)] or [
        f"Merchant {merchant_id} has no key. Next: dkim create --merchant {merchant_id}"
    ]
    show({"keys": [_data(key) for key in keys]}, as_json, *lines)


@dkim.say("dkim retire 1 --merchant 1", "retire")
@click.argument("key_id", type=int)
@merchant_option
def retire(key_id: int, merchant_id: int, as_json: bool) -> None:
    """Sign nothing more with a key. Leave its record in the DNS for a week: letters on their way still need it."""
    with house().database.transaction() as session:
        key = retire_key(session, merchant_id, key_id, clock.now())
        others = len(active_keys(session, merchant_id, key.domain))
    left = f"Keys that still sign for {key.domain}: {others}."
    show(_data(key), as_json, f"Key {key_id} is retired since {key.retired_at:%Y-%m-%d %H:%M} UTC. {left}")


def _lines(key: DkimKey) -> tuple[str, str]:
    since = f"retired {key.retired_at:%Y-%m-%d}" if key.retired_at else f"signs since {key.created_at:%Y-%m-%d}"
    record = key.record(house().vault)
    return f"{key.id}  {key.algorithm}  {since}  {record.name}", f"   {record.value}"


def _data(key: DkimKey) -> dict[str, Any]:
    record = key.record(house().vault)
    return {
        "key": key.id,
        "domain": key.domain,
        "selector": key.selector,
        "algorithm": key.algorithm,
        "created_at": key.created_at,
        "retired_at": key.retired_at,
        "name": record.name,
        "value": record.value,
        "zone_line": record.zone_line,
    }
