"""All that the dashboard shows, gathered in the same number of queries however much there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from campaigns.catalog.campaign import Campaign, campaigns_of
from campaigns.catalog.version import CampaignVersion
from campaigns.delivery.halt import Halt, halts_on
from campaigns.delivery.trip import open_trips, sentence
from campaigns.intake.receipt import ReceiptState, count_by_state
from campaigns.merchants.merchant import get_merchant
from campaigns.merchants.store import Store, stores_of
from campaigns.reports import words
from campaigns.reports.chart import Chart, ceiling, draw
from campaigns.reports.comments import Comment, Said, latest_comments, latest_notes
from campaigns.reports.counting import Counts, Scope
from campaigns.reports.gateways import LABELS, counts_by_gateway
from campaigns.reports.letters import Fates, fates, not_asked
from campaigns.reports.queries import RateRow, closed_counts, daily_rates, rate_row
from campaigns.reports.scores import ScoreRow, scores, versions_of
from campaigns.reports.site_comments import SiteComments, site_comments
from campaigns.reports.thanks_in_doubt import count_thanks_in_doubt
from campaigns.responses.shortage import Standing, short, standings


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignView:
    """One campaign's section of the dashboard."""

    id: int
    name: str
    is_paused: bool
    paused_because: str  # where it paused itself
    version: int
    plan: str
    rates: RateRow
    closed: RateRow  # of those whose survey can be answered no more
    rates_until: float  # the end of the axis that the drawn rates share
    scores: list[ScoreRow]
    chart: Chart | None
    days: list[tuple[RateRow, bool]]  # the chart as a table, the newest first; True: still coming in
    comments: list[Comment]
    notes: list[Said]
    not_asked: list[tuple[str, int]]
    fates: Fates
    gateways: list[RateRow]  # by whose mailboxes
    trust: str  # catalog.definition.Trust

    @property
    def not_asked_count(self) -> int:
        return sum(number for _, number in self.not_asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    campaigns: list[CampaignView]
    stores: list[Store]
    webhooks: Mapping[str, int]  # receipt state → how many
    halts: list[Halt]  # what holds all letters
    site: SiteComments | None  # None for those who may not read answers
    short_pools: list[Standing]  # of codes that thank for answers, with none left
    thanks_in_doubt: int

    @property
    def in_doubt(self) -> int:
        return sum(campaign.fates.in_doubt for campaign in self.campaigns)

    @property
    def stuck(self) -> int:
        return self.webhooks.get(ReceiptState.STUCK, 0)

    @property
    def has_heard_of_an_order(self) -> bool:
        return any(self.webhooks.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    today: date
    versions: Mapping[int, CampaignVersion]
    days: Mapping[int, Mapping[date | None, Counts]]
    closed: Mapping[int, Counts]
    scores: list[ScoreRow]
    comments: Mapping[int, list[Comment]]
    notes: Mapping[int, list[Said]]
    not_asked: Mapping[int, list[tuple[str, int]]]
    fates: Mapping[int, Fates]
    trips: Mapping[int | None, str]
    gateways: Mapping[int, list[tuple[str, Counts]]]


def gather(session: Session, scope: Scope, *, with_comments: bool) -> Dashboard:
    """Read one merchant's dashboard; comments are not even read for those who may not."""
    campaigns = campaigns_of(session, scope.merchant_id)
    newest_first = versions_of(session, [each.id for each in campaigns])
    found = _Found(
        today=words.today(get_merchant(session, scope.merchant_id), scope.now),
        versions={version.campaign_id: version for version in reversed(newest_first)},
        days=daily_rates(session, scope),
        closed=closed_counts(session, scope),
        scores=scores(session, scope),
        comments=latest_comments(session, scope) if with_comments else {},
        notes=latest_notes(session, scope.merchant_id) if with_comments else {},
        not_asked=not_asked(session, scope.merchant_id),
        fates=fates(session, scope.merchant_id),
        trips={trip.campaign_id: sentence(trip) for trip in open_trips(session, scope.merchant_id)},
        gateways=counts_by_gateway(session, scope),
    )
    stores = stores_of(session, scope.merchant_id)
    return Dashboard(
        campaigns=[_view(campaign, found) for campaign in campaigns if campaign.id in found.versions],
        stores=stores,
        webhooks=count_by_state(session, [store.id for store in stores]),
        halts=halts_on(session, scope.merchant_id),
        site=site_comments(session, scope.merchant_id) if with_comments else None,
        thanks_in_doubt=count_thanks_in_doubt(session, scope.merchant_id),
        short_pools=short(
            standings(session, scope.merchant_id, [version.definition for version in found.versions.values()])
        ),
    )


def _view(campaign: Campaign, found: _Found) -> CampaignView:
    version, by_day = found.versions[campaign.id], found.days.get(campaign.id, {})
    definition = version.definition
    open_since = found.today - definition.closes_after
    dated = {each: counts for each, counts in by_day.items() if each is not None}
    gateways = found.gateways.get(campaign.id, [])
    rates = rate_row(str(campaign.id), campaign.name, sum(by_day.values(), Counts()))
    return CampaignView(
        id=campaign.id,
        name=campaign.name,
        is_paused=campaign.is_paused,
        paused_because=found.trips.get(campaign.id, ""),
        version=version.number,
        plan=words.plan(definition),
        rates=rates,
        closed=rate_row("closed", campaign.name, found.closed.get(campaign.id, Counts())),
        rates_until=ceiling(max(each or 0 for each in (rates.high, rates.invitation.high, rates.reminder.high)), 0.01),
        scores=[row for row in found.scores if row.campaign_id == campaign.id],
        chart=draw(dated, found.today, open_since),
        days=[
            (rate_row(str(each), words.day(each), dated[each]), each >= open_since)
            for each in sorted(dated, reverse=True)
        ],
        comments=found.comments.get(campaign.id, []),
        notes=found.notes.get(campaign.id, []),
        not_asked=found.not_asked.get(campaign.id, []),
        fates=found.fates.get(campaign.id, Fates()),
        gateways=[rate_row(name, LABELS[name], counts) for name, counts in gateways if counts.eligible],
        trust=campaign.trust,
    )
