"""The same figures as on the dashboard, for scripts."""

from datetime import date, datetime

import click

from campaigns import clock
from campaigns.door import house
from campaigns.merchants.merchant import get_merchant
from campaigns.reports.counting import Scope
from campaigns.reports.queries import By, RateQuery, RateRow, response_rates
from campaigns.reports.queries import as_json as to_json
from campaigns.reports.scores import score_as_json, score_line, scores
from campaigns.responses.shortage import short, standings_now
from campaigns.terminal import Command, Group, merchant_option, show

report = Group("report", help="Figures, each with its n and its 95 % interval.")


def scope_options(function: Command) -> Command:
    """Add what every report can be narrowed to."""
    since = click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of sending, like 2026-11-01.")
    narrowed: Command = since(click.option("--campaign", "campaign_id", type=int)(function))
    return merchant_option(narrowed)


@report.say("report response-rate --merchant 1 --by day --json", "response-rate")
@scope_options
@click.option("--by", type=click.Choice([by.value for by in By]), default=By.CAMPAIGN.value, show_default=True)
def response_rate(merchant_id: int, campaign_id: int | None, since: datetime | None, by: str, as_json: bool) -> None:
    """Print how many of those asked answered, with the interval the share lies in."""
    query = RateQuery(merchant_id=merchant_id, now=clock.now(), campaign_id=campaign_id, since=_day(since), by=By(by))
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        rows = response_rates(session, query)
        alerts = [each.sentence for each in short(standings_now(session, merchant_id))]
    data = {"rows": [to_json(row) for row in rows], "alerts": alerts}
    show(data, as_json, *(_line(row) for row in rows), *alerts)


@report.say("report score --merchant 1 --json", "score")
@scope_options
def score(merchant_id: int, campaign_id: int | None, since: datetime | None, as_json: bool) -> None:
    """Print how good the answers are: the headline of each campaign's scale, and how scores are spread."""
    scope = Scope(merchant_id=merchant_id, now=clock.now(), campaign_id=campaign_id, since=_day(since))
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        rows = scores(session, scope)
    show({"rows": [score_as_json(row) for row in rows]}, as_json, *(score_line(row) for row in rows))


def _day(since: datetime | None) -> date | None:
    return since.date() if since else None


def _line(row: RateRow) -> str:
    if row.rate is None or row.low is None or row.high is None:
        return f"{row.label}: nobody asked yet"
    between = f"between {row.low:.1%} and {row.high:.1%}"
    return f"{row.label}: {row.rate:.1%} ({between}), {row.responses} of {row.eligible} asked answered"
