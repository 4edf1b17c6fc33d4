"""What dead senders held is taken back: by their journals where there is one, as doubt where there will be none."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from campaigns.delivery.facts import Archive
from campaigns.delivery.journal import Evidence, Word, orphans
from campaigns.delivery.record import Result, record
from campaigns.delivery.smtp.parcel import Fate
from campaigns.enrollment.message import leased_to
from campaigns.enrollment.sending import abandoned, let_go
from campaigns.enrollment.states import MessageState
from campaigns.house import House

log = logging.getLogger(__name__)

GIVEN_UP_AFTER = timedelta(minutes=10)  # more than clocks may differ; its machine may still come back and tell


def journals_of(house: House) -> Path:
    return house.settings.instance / "journals"


def recover(house: House, now: datetime) -> None:
    """Settle what the dead senders of this machine left, and give up on leases whose machine is long gone."""
    for evidence in orphans(journals_of(house)):
        with house.database.transaction() as session:
            again, doubted = _settle(session, evidence, now)
        log.warning("a sender died: %s letters are due again, %s are in doubt", again, doubted)
    with house.database.reading() as session:
        leases = abandoned(session, now - GIVEN_UP_AFTER)
    for lease in leases:
        with house.database.transaction() as session:
            doubted = let_go(session, lease, MessageState.IN_DOUBT, now)
        log.warning("a sender has been silent for %s; %s letters are in doubt", GIVEN_UP_AFTER, doubted)


def _settle(session: Session, evidence: Evidence, now: datetime) -> tuple[int, int]:
    """Record what a journal proves; returns how many letters are due again and how many in doubt."""
    lease = evidence.lease
    dossiers = Archive().gather(session, leased_to(session, lease))
    results = []
    for message_id, dossier in dossiers.items():
        entry = evidence.last_words.get(message_id)
        if entry and entry.word is Word.TAKEN:
            results.append(Result(dossier, Fate.TAKEN, None, entry.code, entry.status))
        elif not evidence.is_whole or (entry and entry.word is Word.INTENDED):
            results.append(Result(dossier, Fate.DOUBT, None))
    record(session, results, lease, now)
    doubted = sum(result.fate is Fate.DOUBT for result in results)
    return let_go(session, lease, MessageState.SCHEDULED, now), doubted
