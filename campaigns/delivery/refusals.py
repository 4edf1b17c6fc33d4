"""A letter that a server refused for good at once is news of its address, as if it had come back later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.audience.suppression import Block, SuppressionReason, suppress_all
from campaigns.delivery.consequence import PATIENCE, WITHIN, follows
from campaigns.delivery.event import Event, Kind, News
from campaigns.delivery.facts import Dossier
from campaigns.delivery.feedback import Meaning, meaning_of
from campaigns.delivery.kinds import kind_of
from campaigns.delivery.news_item import keep_item, letters_like

SOURCE = "smtp"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server said of one letter."""

    dossier: Dossier
    code: int | None  # None: we refused it ourselves, which is no news of an address
    status: str


def note_refusals(session: Session, refusals: Sequence[Refusal], now: datetime) -> None:
    """Keep refusals beside other news, and write no more to who is at the end of them: few letters are refused.

    What else is on its way to them is stopped by the last look: a sender that holds enrollments waits for nobody.
    """
    blocks = []
    for refusal in refusals:
        if refusal.code is None:
            continue
        row, kind = refusal.dossier.row, _kind(refusal)
        about = ("merchant_id", "campaign_id", "fingerprint")
        values = {name: getattr(row, name) for name in about} | {"message_id": row.id}
        keep_item(session, _event(refusal, kind, now), values, now)
        if row.fingerprint and _is_end(session, refusal, kind, now):
            end = {"reason": SuppressionReason.HARD_BOUNCE, "source": SOURCE, "message_id": row.id}
            blocks.append(Block(merchant_id=row.merchant_id, fingerprint=row.fingerprint, **end))
    suppress_all(session, blocks, now)


def _event(refusal: Refusal, kind: Kind, now: datetime) -> Event:
    return Event(
        source=SOURCE,
        key=str(refusal.dossier.id),
        news=News.BOUNCED,
        at=now,
        message_id=refusal.dossier.id,
        address=None,
        kind=kind,
        code=refusal.code,
        status=refusal.status,
    )


def _kind(refusal: Refusal) -> Kind:
    is_hard = meaning_of(refusal.code, refusal.status) is Meaning.HARD_BOUNCE
    return Kind.HARD if is_hard else kind_of(refusal.code, refusal.status)


def _is_end(session: Session, refusal: Refusal, kind: Kind, now: datetime) -> bool:
    row, letters = refusal.dossier.row, 1
    if PATIENCE.get(kind, 1) > 1:
        letters = letters_like(session, row.merchant_id, row.fingerprint, kind, now - WITHIN)
    return follows(News.BOUNCED, kind, letters).suppression is not None
