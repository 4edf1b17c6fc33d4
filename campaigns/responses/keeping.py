"""What is kept of one person's answers stays small, however many are sent; nobody is locked out of changing theirs.

A page that keeps what is filled in so far rewrites its own last row. Beyond MOST_KEPT rows a new
answer takes the place of the latest of its level: what counts is the latest, and the first stay.
"""

from collections.abc import Sequence
from enum import Enum

from sqlalchemy.orm import Session

from campaigns.responses.hit import Row, append_hits, given_to, rewrite
from campaigns.responses.sheet import UNFINISHED, is_finished
from campaigns.responses.trust import Given, Level

MOST_KEPT = 100  # answers of one enrollment


class Place(Enum):
    NEW = "new"  # a row of its own
    NOWHERE = "nowhere"


def place_of(row: Row, earlier: Sequence[Given]) -> int | Place:
    """Say where an answer is kept, beside those given before: the hit it replaces, a new one, or nowhere."""
    answers = row["answers"]
    if answers is not None and UNFINISHED in answers:
        if any(each.level is Level.CONFIRMED and is_finished(each.answers) for each in earlier):
            return Place.NOWHERE  # told late, or by another tab: the button has been pressed since
        if earlier and earlier[-1].level == row["level"] and UNFINISHED in (earlier[-1].answers or {}):
            return earlier[-1].hit_id
    alike = [each.hit_id for each in earlier if each.level == row["level"]]
    return alike[-1] if alike and len(earlier) >= MOST_KEPT else Place.NEW


def keep_answers(session: Session, rows: Sequence[Row]) -> None:
    """Keep answers that were accepted; the caller holds their enrollments."""
    earlier = given_to(session, {row["enrollment_id"] for row in rows})
    new: list[Row] = []
    for row in rows:
        before = earlier.setdefault(row["enrollment_id"], [])
        place = place_of(row, before)
        if place is Place.NEW:
            before.append(_given(-len(new), row))  # not a row yet: what replaces it takes its place in the list
            new.append(row)
        elif isinstance(place, int) and any(each.hit_id == place for each in before):
            _replace(session, row, place, new)
            before[:] = [_given(place, row) if each.hit_id == place else each for each in before]
    append_hits(session, new)


def _replace(session: Session, row: Row, hit_id: int, new: list[Row]) -> None:
    if hit_id > 0:
        rewrite(session, hit_id, row)
    else:
        new[-hit_id] = row


def _given(hit_id: int, row: Row) -> Given:
    return Given(
        hit_id=hit_id,
        message_id=row["message_id"],
        level=Level(row["level"]),
        score=row["score"],
        answers=row["answers"],
        at=row["at"],
    )
