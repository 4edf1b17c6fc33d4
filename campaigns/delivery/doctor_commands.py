"""The doctor's door: one command says whether letters will arrive, and what to do where they will not."""

from collections import Counter
from dataclasses import asdict
from ipaddress import ip_address

import click

from campaigns import clock
from campaigns.delivery.doctor.dns_lookup import Dns
from campaigns.delivery.doctor.examine import Patient, examine_house, examine_merchant, examine_relays
from campaigns.delivery.doctor.line import Line, State
from campaigns.delivery.relay import RelayPlan, house_relay, plans_of
from campaigns.door import house
from campaigns.errors import AskwellError
from campaigns.merchants.dkim_key import active_keys, ascii_domain
from campaigns.merchants.merchant import get_merchant
from campaigns.terminal import json_option, kindly, show


@click.command("doctor", epilog="Example:  flask --app wsgi doctor --merchant 1")
@click.option("--merchant", "merchant_id", type=int, help="Whose sending to look at; without, what all share.")
@click.option("--address", "addresses", multiple=True, help="An IP address that letters leave from.")
@click.option("--bounce-domain", help="The domain bounces come back to; that of the sender without.")
@click.option("--resolver", help="HOST:PORT of a DNS server to ask, instead of this machine's.")
@json_option
@kindly
def doctor(
    merchant_id: int | None, addresses: tuple[str, ...], bounce_domain: str | None, resolver: str | None, as_json: bool
) -> None:
    """Look at all that decides whether letters arrive, from outside; exit code 1 where something fails."""
    dns, told = Dns(_server(resolver)), tuple(_address(each) for each in addresses)
    lines = examine_house(house().settings, house().tokens, house().links, clock.now())
    patient, plans = _patient(merchant_id, bounce_domain)
    lines += examine_relays(plans, house().settings, house().links.host, clock.now())
    if patient is not None:
        lines += examine_merchant(dns, patient, told, tuple(plan.server.host for plan in plans))
    counts = Counter(line.state for line in lines)
    told_lines = [part for line in lines for part in _told(line)]
    summary = ", ".join(f"{counts[state]} {state}" for state in State)
    data = {"lines": [asdict(line) for line in lines], **{state.value: counts[state] for state in State}}
    show(data, as_json, *told_lines, f"In all: {summary}.")
    if counts[State.FAIL]:
        raise SystemExit(1)


def _patient(merchant_id: int | None, bounce_domain: str | None) -> tuple[Patient | None, tuple[RelayPlan, ...]]:
    """Read a merchant's sending and its relays; the house's own without a merchant."""
    own = house_relay(house().settings)
    if merchant_id is None:
        return None, (own,)
    with house().database.reading() as session:
        author = ascii_domain(get_merchant(session, merchant_id).from_address.rpartition("@")[2])
        plans = plans_of(session, house().vault, merchant_id, own)
        keys = active_keys(session, merchant_id, author)
    patient = Patient(
        merchant_id=merchant_id,
        author=author,
        envelope=ascii_domain(bounce_domain) if bounce_domain else author,
        keys=tuple((key.id, key.domain, key.record(house().vault)) for key in keys),
        relay_signs=any(plan.signs for plan in plans),
    )
    return patient, plans


def _told(line: Line) -> list[str]:
    said = f"{line.state.upper():8}{line.check}: {line.what}"
    return [said, f"        {line.do}"] if line.do else [said]


def _server(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise AskwellError(f"--resolver is {text!r}; it is an IP address and a port, like 127.0.0.1:53.")
    return _address(host.strip("[]")), int(port)


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise AskwellError(f"{text!r} is no IP address, like 192.0.2.7 or 2001:db8::7.") from None
