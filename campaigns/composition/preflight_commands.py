"""The doors through which a campaign comes into force: preflight says what is amiss, apply refuses what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import click

from campaigns import clock
from campaigns.catalog.campaign import apply_campaign
from campaigns.catalog.commands import campaign, read_file
from campaigns.composition.commands import scene_for
from campaigns.composition.preflight.checks import Readers, preflight
from campaigns.composition.preflight.clients import AUDIENCE, FAMILIES
from campaigns.composition.preflight.finding import Finding, Severity
from campaigns.door import house
from campaigns.errors import AskwellError, InvalidCampaign
from campaigns.merchants.merchant import get_merchant
from campaigns.terminal import merchant_option, show

Command = Callable[..., Any]


def to_readers(command: Command) -> Command:
    """Let a command be told to whom letters go."""
    country = click.option(
        "--country", "countries", multiple=True, help="A country letters go to, as DE or US; the strictest law without."
    )
    consent = click.option("--promotion-consent", is_flag=True, help="Everybody agreed to be sent promotions.")
    audience = click.option(
        "--audience", help=f"Shares of mail programs, like apple=0.5,gmail=0.5; of {', '.join(FAMILIES)}."
    )
    return country(consent(audience(command)))


@campaign.say("campaign preflight after-delivery.toml --merchant 1 --country DE", "preflight")
@click.argument("file")
@click.option("--merchant", "merchant_id", type=int, help="Whose letters they are; an example's without.")
@to_readers
def check(
    file: str,
    merchant_id: int | None,
    countries: tuple[str, ...],
    promotion_consent: bool,
    audience: str | None,
    as_json: bool,
) -> None:
    """Write every letter of a campaign, and say what is amiss and how to mend it; exit code 1 on errors."""
    scene = scene_for(read_file(file), merchant_id)
    readers = Readers(countries=countries, has_consent=promotion_consent, audience=_audience(audience))
    found = preflight(scene.definition, scene.shop, house().settings.base_url, readers, clock.now())
    count = {f"{severity}s": sum(each.severity is severity for each in found) for severity in Severity}
    summary = ", ".join(f"{count[f'{each}s']} {each}{'s' * (count[f'{each}s'] != 1)}" for each in Severity)
    lines = [line for each in found for line in (_line(each), f"    {each.fix}")]
    show({"findings": [asdict(each) for each in found], **count}, as_json, *lines, f"Preflight: {summary}.")
    if count["errors"]:
        raise SystemExit(1)


@campaign.say("campaign apply after-delivery.toml --merchant 1", "apply")
@click.argument("file")
@merchant_option
@to_readers
def apply(
    file: str,
    merchant_id: int,
    countries: tuple[str, ...],
    promotion_consent: bool,
    audience: str | None,
    as_json: bool,
) -> None:
    """Make a campaign say what a file says; a new version only where it says something new, none where it is wrong."""
    scene = scene_for(read_file(file), merchant_id)
    readers = Readers(countries=countries, has_consent=promotion_consent, audience=_audience(audience))
    found = preflight(scene.definition, scene.shop, house().settings.base_url, readers, clock.now())
    if errors := [each for each in found if each.severity is Severity.ERROR]:
        said = "\n".join(f"{_line(each)}\n    {each.fix}" for each in errors)
        raise InvalidCampaign(f"{file} is not applied, and nothing is changed:\n{said}")
    with house().database.transaction() as session:
        get_merchant(session, merchant_id)
        version = apply_campaign(session, merchant_id, scene.definition, clock.now())
    warnings = [each for each in found if each.severity is Severity.WARNING]
    data = {"campaign": version.campaign_id, "version": version.number, "warnings": [asdict(each) for each in warnings]}
    lines = [line for each in warnings for line in (_line(each), f"    {each.fix}")]
    show(data, as_json, f"Campaign {version.campaign_id} is at version {version.number}.", *lines)


def _line(finding: Finding) -> str:
    return f"{finding.severity}: {finding.where}: {finding.what}"


def _audience(text: str | None) -> Mapping[str, float]:
    """Read shares of mail programs; raises AskwellError."""
    if text is None:
        return AUDIENCE
    try:
        shares = {name.strip(): float(share) for name, share in (part.split("=") for part in text.split(","))}
    except ValueError:
        raise AskwellError("--audience is not read; it is like apple=0.5,gmail=0.5.") from None
    if (
        not set(shares) <= set(FAMILIES)
        or not all(0 <= share <= 100 for share in shares.values())
        or not any(shares.values())
    ):
        raise AskwellError(
            f"--audience names {', '.join(shares)}; the names are {', '.join(FAMILIES)}, each with a share."
        )
    return shares
