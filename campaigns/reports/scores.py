"""How good the answers are: each campaign's scores by scale, never two scales in one figure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.catalog.campaign import campaigns_of
from campaigns.catalog.scale import SCALES, ScaleName
from campaigns.catalog.version import CampaignVersion
from campaigns.enrollment.enrollment import Enrollment
from campaigns.reports.counting import Scope, counted, in_scope
from campaigns.reports.metrics import Rating, rate
from campaigns.responses.response import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """What the answers to one campaign come to, on one scale it asked with."""

    campaign_id: int
    label: str
    rating: Rating


def scores(session: Session, scope: Scope) -> list[ScoreRow]:
    """Return the ratings of a merchant's campaigns.

    A campaign that changed its scale has a row for each, the newest first; one that nobody
    answered has a row without figures.
    """
    given = _given(session, scope)
    names = {each.id: each.name for each in campaigns_of(session, scope.merchant_id)}
    chosen = [campaign_id for campaign_id in names if scope.campaign_id in (None, campaign_id)]
    scales = _scales(version for version in versions_of(session, chosen))
    return [
        ScoreRow(campaign_id=each, label=names[each], rating=rate(SCALES[scale], given[each, scale]))
        for each in chosen
        for place, scale in enumerate(scales[each])
        if place == 0 or given[each, scale]
    ]


def score_as_json(row: ScoreRow) -> dict[str, Any]:
    """Return a row as `report score --json` prints it; `value` is a share, or from -100 to 100 for nps11."""
    headline = row.rating.headline
    return {
        "key": str(row.campaign_id),
        "label": row.label,
        "scale": row.rating.scale.name.value,
        "n": row.rating.n,
        "distribution": {str(score): count for score, count in row.rating.counts.items()},
        "measure": row.rating.measure,
        "value": headline.value if headline else None,
        "low": headline.low if headline else None,
        "high": headline.high if headline else None,
        "mean": row.rating.mean,
    }


def score_line(row: ScoreRow) -> str:
    """Return a row as `report score` says it to a person."""
    rating, headline = row.rating, row.rating.headline
    if headline is None:
        return f"{row.label}: nobody answered yet"
    form = "{:+.0f}" if rating.scale.name is ScaleName.NPS11 else "{:.1%}"
    value, low, high = (form.format(each) for each in (headline.value, headline.low, headline.high))
    spread = " ".join(f"{score}:{count}" for score, count in sorted(rating.counts.items(), reverse=True))
    return f"{row.label}: {rating.measure} {value} (between {low} and {high}), from {rating.n} answers; {spread}"


def versions_of(session: Session, campaign_ids: list[int]) -> list[CampaignVersion]:
    """Return all versions of some campaigns, the newest of each first."""
    query = select(CampaignVersion).where(CampaignVersion.campaign_id.in_(campaign_ids))
    return list(session.scalars(query.order_by(CampaignVersion.campaign_id, CampaignVersion.number.desc())))


def _scales(versions: Iterable[CampaignVersion]) -> dict[int, list[ScaleName]]:
    scales: dict[int, list[ScaleName]] = defaultdict(list)
    for version in versions:
        name = version.definition.scale.name
        if name not in scales[version.campaign_id]:
            scales[version.campaign_id].append(name)
    return scales


def _given(session: Session, scope: Scope) -> dict[tuple[int, ScaleName], dict[int, int]]:
    """Count the answers by campaign, scale and score. The scale is that of the version that was
    asked with, not of the newest: a 5 of ten is not a 5 of five."""
    keys = (Enrollment.campaign_id, Enrollment.version_id, Response.score)
    query = in_scope(session, [*keys, func.count()], scope).where(counted(scope.now)).group_by(*keys)
    found = session.execute(query).all()
    asked_with = select(CampaignVersion).where(CampaignVersion.id.in_({row.version_id for row in found}))
    scale_of = {version.id: version.definition.scale.name for version in session.scalars(asked_with)}
    given: dict[tuple[int, ScaleName], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for campaign_id, version_id, score, count in found:
        given[campaign_id, scale_of[version_id]][score] += count
    return given
