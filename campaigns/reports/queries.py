"""Response rates that anyone can recompute from the rows: numerator, denominator, interval.

What counts is defined once, in counting.py.
"""

from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, Session

from campaigns.catalog.campaign import campaigns_of
from campaigns.enrollment.enrollment import Enrollment
from campaigns.intake.purchase import Purchase
from campaigns.merchants.store import stores_of
from campaigns.reports.counting import Counts, Invitation, Scope, count_by, flags, in_scope
from campaigns.reports.metrics import share

UNDATED = "undated"  # the letter was refused or is in doubt, and so has no day of leaving
NAMELESS = "unnamed"
BATCH = 1000  # rows in memory at once


class By(StrEnum):
    CAMPAIGN = "campaign"
    DAY = "day"
    STORE = "store"
    LOCALE = "locale"
    PRODUCT = "product"


COLUMNS: dict[By, InstrumentedAttribute[Any]] = {
    By.CAMPAIGN: Enrollment.campaign_id,
    By.DAY: Invitation.sent_on,
    By.STORE: Purchase.store_id,
    By.LOCALE: Enrollment.locale,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RateQuery(Scope):
    by: By = By.CAMPAIGN


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRate:
    """How one kind of letter did; no rate where none left."""

    sent: int
    responses: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """One line of the report; rate and interval are None, never 0, where nobody was asked."""

    key: str
    label: str
    eligible: int
    to_come: int
    sent: int
    delivered: int
    responses: int
    confirmed: int
    clicked: int
    provisional: int
    suspect: int
    rate: float | None
    low: float | None
    high: float | None
    invitation: LetterRate
    reminder: LetterRate


def response_rates(session: Session, query: RateQuery) -> list[RateRow]:
    """Return the rates of a merchant, one row for each campaign, day, store, language or product.

    An order of two products counts under both; all other rows add up to the whole.
    """
    if query.by is By.PRODUCT:
        return _by_product(session, query)
    by_key = {key: counts for (key,), counts in count_by(session, [COLUMNS[query.by]], query).items()}
    labels = _labels(session, query) or {key: _label(key) for key in by_key}
    keys = sorted(labels, key=lambda key: (key is None, key))
    return [rate_row(_key(key), labels[key], by_key.get(key, Counts())) for key in keys]


def daily_rates(session: Session, scope: Scope) -> dict[int, dict[date | None, Counts]]:
    """Return the counts of each campaign by the day its invitations left, all in one query."""
    days: dict[int, dict[date | None, Counts]] = defaultdict(dict)
    for (campaign_id, day), counts in count_by(session, [Enrollment.campaign_id, Invitation.sent_on], scope).items():
        days[campaign_id][day] = counts
    return days


def closed_counts(session: Session, scope: Scope) -> dict[int, Counts]:
    """Return the counts of each campaign among those whose survey has closed: the rate that moves no more."""
    counts = count_by(session, [Enrollment.campaign_id], replace(scope, is_closed=True))
    return {campaign_id: each for (campaign_id,), each in counts.items()}


def as_json(row: RateRow) -> dict[str, Any]:
    """Return a row as `report response-rate --json` prints it."""
    return asdict(row)


def rate_row(key: str, label: str, counts: Counts) -> RateRow:
    estimate = share(counts.responses, counts.eligible)
    return RateRow(
        key=key,
        label=label,
        eligible=counts.eligible,
        to_come=counts.to_come,
        sent=counts.sent,
        delivered=counts.delivered,
        responses=counts.responses,
        confirmed=counts.confirmed,
        clicked=counts.clicked,
        provisional=counts.provisional,
        suspect=counts.suspect,
        rate=estimate.value if estimate else None,
        low=estimate.low if estimate else None,
        high=estimate.high if estimate else None,
        invitation=_letter_rate(counts.by_invitation, counts.sent),
        reminder=_letter_rate(counts.by_reminder, counts.reminded),
    )


def _letter_rate(responses: int, sent: int) -> LetterRate:
    estimate = share(responses, sent)
    if estimate is None:
        return LetterRate(sent=sent, responses=responses, rate=None, low=None, high=None)
    return LetterRate(sent=sent, responses=responses, rate=estimate.value, low=estimate.low, high=estimate.high)


def _labels(session: Session, query: RateQuery) -> dict[Any, str]:
    """Return what is to have a row even where nobody was asked, with its name."""
    if query.by is By.CAMPAIGN:
        campaigns = campaigns_of(session, query.merchant_id)
        return {each.id: each.name for each in campaigns if query.campaign_id in (None, each.id)}
    if query.by is By.STORE:
        return {each.id: f"{each.kind} {each.id}" for each in stores_of(session, query.merchant_id)}
    return {}


def _key(value: object) -> str:
    return UNDATED if value is None else str(value)


def _label(value: object) -> str:
    return "no day of leaving: refused or in doubt" if value is None else str(value)


def _by_product(session: Session, query: RateQuery) -> list[RateRow]:
    found: dict[str, Counts] = defaultdict(Counts)
    labels: dict[str, str] = {}
    columns = [Purchase.items, *(flag.label(name) for name, flag in flags(query.now).items())]
    rows = in_scope(session, columns, query).order_by(Enrollment.id).execution_options(yield_per=BATCH)
    for items, *numbers in session.execute(rows):
        counts = Counts(**dict(zip(Counts.__slots__, numbers, strict=True)))
        products = dict(_product(item) for item in items)  # three of a kind are one product
        labels |= products  # the latest name wins
        for key in products:
            found[key] += counts
    return [rate_row(key, labels[key], found[key]) for key in sorted(found)]


def _product(item: dict[str, Any]) -> tuple[str, str]:
    """Return the key and the label of what was bought."""
    name = item.get("name") or item.get("sku") or NAMELESS
    return item.get("sku") or name, name
