"""Who is to be written to no more gets nothing that is on its way either."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.among import among
from campaigns.audience.contact import Contact
from campaigns.audience.suppression import Block, suppress_all
from campaigns.enrollment.enrollment import GOES_ON, Enrollment, Verdict, stop_all
from campaigns.enrollment.message import cancel_all_pending

_PEOPLE = (
    select(Contact.id)
    .where(among(Contact.merchant_id, "merchants"), among(Contact.fingerprint, "fingerprints"))
    .order_by(Contact.id)
    .with_for_update()
)
_GOING_ON = (
    select(Enrollment.id)
    .where(among(Enrollment.contact_id, "contacts"), Enrollment.verdict == Verdict.ENROLLED)
    .where(GOES_ON)
    .order_by(Enrollment.id)
    .with_for_update()
)


def write_no_more(session: Session, blocks: Sequence[Block], now: datetime) -> tuple[int, int]:
    """Suppress people, stop all their enrollments and cancel their letters.

    Returns how much of that is a new suppression, and how many letters are cancelled. First the people are held, then
    that is written, then their enrollments are held: always in this order, or two at once would wait for each other.
    """
    people: dict[tuple[int, str], set[str]] = defaultdict(set)
    for block in blocks:
        people[block.merchant_id, block.reason.value].add(block.fingerprint)
    for merchant_id in sorted({each.merchant_id for each in blocks}):
        hold_people(session, merchant_id, {each.fingerprint for each in blocks if each.merchant_id == merchant_id})
    new = suppress_all(session, blocks, now)
    return new, sum(_silence(session, merchant_id, who, why, now) for (merchant_id, why), who in people.items())


def hold_people(session: Session, merchant_id: int, fingerprints: Collection[str]) -> Sequence[int]:
    """Let nobody decide on these people until this transaction ends; returns which contacts they are.

    Whoever decides on a purchase of theirs waits, and then sees what was written meanwhile.
    """
    who = {"merchants": [merchant_id], "fingerprints": fingerprints}
    return session.connection().scalars(_PEOPLE, who).all()


def _silence(session: Session, merchant_id: int, fingerprints: Collection[str], reason: str, now: datetime) -> int:
    contacts = hold_people(session, merchant_id, fingerprints)
    if not contacts:
        return 0
    enrollments = session.connection().scalars(_GOING_ON, {"contacts": contacts}).all()
    stop_all(session, enrollments, reason, now)
    return cancel_all_pending(session, enrollments, reason, now)
