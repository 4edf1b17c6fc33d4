"""What is kept of looks stays small, however often a letter is opened, and a burst among them is never lost.

Once a letter was looked at so often, a look at a link takes the place of the latest at the same link, as long as
there is another of the last half minute. So each that is gone has one kept before it and one after it, both within
half a minute, and whatever minute it was in holds one of those: the same links in the same minute, with fewer rows.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns.responses.asked import MOST_LOOKS
from campaigns.responses.hit import Hit, HitKind, Row, append_hits, rewrite
from campaigns.responses.signs.rules import RULES

CLOSE = RULES.burst_within / 2
_PLACE = ("message_id", "link", "score", "method")
_LATEST = (
    select(Hit.id, Hit.at, *(getattr(Hit, name) for name in _PLACE))
    .where(Hit.enrollment_id == bindparam("enrollment_id"), Hit.kind == HitKind.LOOK.value)
    .order_by(Hit.id.desc())
    .limit(MOST_LOOKS)
    .subquery()
)
_ALIKE = (
    select(_LATEST.c.id, _LATEST.c.at)
    .where(*(_LATEST.c[name].is_not_distinct_from(bindparam(name)) for name in _PLACE))
    .order_by(_LATEST.c.id.desc())
    .limit(2)
)


class Place(Enum):
    NEW = "new"  # a row of its own
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Kept:
    """A look that has a row."""

    hit_id: int
    at: datetime


def place_of(at: datetime, alike: Sequence[Kept]) -> int | Place:
    """Say where a look is kept beside those at the same link, the latest first: in whose row, a new one, or nowhere."""
    if len(alike) < 2 or not timedelta() <= at - alike[1].at <= CLOSE:
        return Place.NEW
    return alike[0].hit_id if at >= alike[0].at else Place.NOWHERE


def keep_looks(session: Session, rows: Sequence[Row], often: Collection[int]) -> None:
    """Keep looks; `often` are the letters that were looked at MOST_LOOKS times before."""
    append_hits(session, [row for row in rows if row["message_id"] not in often])
    for row in rows:
        if row["message_id"] in often:
            _keep(session, row)


def _keep(session: Session, row: Row) -> None:
    names = {name: row[name] for name in ("enrollment_id", *_PLACE)}
    alike = [Kept(*each) for each in session.connection().execute(_ALIKE, names).all()]
    place = place_of(row["at"], alike)
    if place is Place.NEW:
        append_hits(session, [row])
    elif isinstance(place, int):
        rewrite(session, place, row)
