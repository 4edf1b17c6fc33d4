"""From what a service tells to events of ours: whose letter it is, and whom nobody may write to at once."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.audience.suppression import Block
from campaigns.delivery.consequence import follows
from campaigns.delivery.esp.services import ServiceKind
from campaigns.delivery.esp.source import Doorplate
from campaigns.delivery.esp.told import Told
from campaigns.delivery.event import Event
from campaigns.delivery.tracing import Clues, person_at, trace


def blocks_of(told: Iterable[Told], plate: Doorplate) -> tuple[Block, ...]:
    """Return who gets nothing more, as far as that is plain before anybody looks for a letter."""
    found: dict[tuple[str, str], Block] = {}
    for each in told:
        reason = follows(each.news, each.kind).suppression
        person = person_at(plate.merchant_id, each.address) if reason else None
        if reason and person:
            found[person, reason] = Block(
                merchant_id=plate.merchant_id, fingerprint=person, reason=reason, source=plate.kind.value
            )
    return tuple(found.values())


def event_of(session: Session, told: Told, of: tuple[int, int, ServiceKind], received_at: datetime) -> Event:
    """Return the event, with the letter it is about; `of` is whose source of which kind told it."""
    merchant_id, source_id, kind = of
    at = min(told.at or received_at, received_at)
    clues = Clues(header=told.header, reference=told.reference, address=told.address, sender=told.sender, at=at)
    return Event(
        source=kind.value,
        key=f"{source_id}.{told.key}",
        news=told.news,
        at=at,
        message_id=trace(session, merchant_id, clues),
        address=told.address or None,
        kind=told.kind,
        code=told.code,
        status=told.status,
        merchant_id=merchant_id,
        reference=told.reference,
    )
