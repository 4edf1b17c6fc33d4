"""Changed rules are tried on all of a campaign's history before they are kept."""

from pathlib import Path

import click

from campaigns import clock
from campaigns.catalog.campaign import get_campaign
from campaigns.door import house
from campaigns.reports.refolding import difference, keep, lines
from campaigns.responses.rule_book import rules_in_force
from campaigns.responses.signs.rules import read_rules
from campaigns.terminal import json_option, kindly, merchant_option, show

A_WHILE = 5_000  # answers that take a second or two
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("refold", epilog="Example:  flask --app wsgi refold --campaign 1 --merchant 1 --rules rules.toml --keep")
@merchant_option
@click.option("--campaign", "campaign_id", type=int, required=True)
@click.option("--rules", "file", type=FILE, help="A TOML file of rules; without it, those in force.")
@click.option("--keep", "keeps", is_flag=True, help="Store it, and judge by these rules from now on.")
@json_option
@kindly
def refold(merchant_id: int, campaign_id: int, file: Path | None, keeps: bool, as_json: bool) -> None:
    """Judge all answers to a campaign again, and show what changes; what people ruled stays.

    An empty file of rules stands for the built-in ones.
    """
    now = clock.now()
    with house().database.reading() as session:
        campaign = get_campaign(session, merchant_id, campaign_id)
        rules = rules_in_force(session, campaign.id)
    said = None
    if file is not None:
        rules, said = read_rules(file.read_text(encoding="utf-8"), file.name)
    found = difference(house(), campaign, rules, now, _tell)
    if keeps:
        keep(house(), campaign, rules, said, now)
    data = {"campaign": campaign.id, "rules": rules.version, "kept": keeps, **found.as_json()}
    outcome = f"Kept, under rules {rules.version}." if keeps else "Nothing was kept; say --keep to keep it."
    show(data, as_json, *lines(found), outcome)


def _tell(done: int, of: int) -> None:
    if of > done or done > A_WHILE:
        click.echo(f"\rJudged {done:,} of {of:,}", err=True, nl=done == of)
