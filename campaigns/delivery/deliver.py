"""A letter leaves at most once: the promise to send it is committed before the server can have it.

A shift recovers what dead senders left, then claims, decides, writes and hands over until nothing
is due. No transaction is ever open while the network is.
"""

import logging
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from campaigns.audience.contact import lock_contact
from campaigns.composition.letter import Letter, LetterFacts
from campaigns.delivery import record
from campaigns.delivery.facts import Archive, Dossier, letter_facts, standing_of
from campaigns.delivery.feedback import UNAVAILABLE_FOR
from campaigns.delivery.permission import Cancel, Hold, Permission, Send, decide
from campaigns.delivery.transport import Transport
from campaigns.enrollment.message import claim_due, give_back, intend, recover, renew, step_aside
from campaigns.errors import InDoubt, NeverDeliverable, RenderingError, ServerUnavailable, TryLater, Withdrawn
from campaigns.house import House
from campaigns.links import Links

log = logging.getLogger(__name__)

BATCH = 50
STEP_ASIDE = timedelta(minutes=15)
LEASE = timedelta(seconds=120)
PROMISED = timedelta(seconds=300)  # more than a server is ever given to answer for one letter
RENEW_AFTER = LEASE / 4
SHIFT = timedelta(seconds=60)  # after which no further letter is begun

Compose = Callable[[LetterFacts, Links], Letter]
Now = Callable[[], datetime]
Outcome = Callable[[Session, Dossier, str, datetime], object]


class Shift:
    """One sender at work. Its lease is what tells its letters from those of all other senders."""

    def __init__(
        self, house: House, transport: Transport, compose: Compose, now: Now, is_stopping: Callable[[], bool]
    ) -> None:
        self._house = house
        self._transport = transport
        self._compose = compose
        self._now = now
        self._is_stopping = is_stopping
        self._archive = Archive()
        self._lease = str(uuid4())
        self._began_at = self._renewed_at = now()

    def work(self) -> int:
        """Send until nothing is due, the shift is over or the process is to stop; returns how many were dealt with."""
        self._recover()
        dealt_with = 0
        try:
            while self._goes_on() and (batch := self._claim()):
                for message_id in batch:
                    if not self._goes_on():
                        break
                    self._deal_with(message_id)
                    dealt_with += 1
        except ServerUnavailable as trouble:
            self._give_back(due=self._now() + UNAVAILABLE_FOR)
            log.warning("letters wait, the mail server was not available: %s (%s)", trouble, trouble.code)
        finally:
            self._give_back()
        return dealt_with

    def _goes_on(self) -> bool:
        return not self._is_stopping() and self._now() < self._began_at + SHIFT

    def _recover(self) -> None:
        with self._house.database.transaction() as session:
            again, doubted = recover(session, self._now())
        if again or doubted:
            log.warning("a sender died: %s letters are due again, %s are in doubt", again, doubted)

    def _claim(self) -> list[int]:
        now = self._renewed_at = self._now()
        with self._house.database.transaction() as session:
            return claim_due(session, self._lease, now + LEASE, BATCH, now)

    def _give_back(self, due: datetime | None = None) -> None:
        with self._house.database.transaction() as session:
            if count := give_back(session, self._lease, self._now(), due):
                log.info("%s letters given back unsent", count)

    def _deal_with(self, message_id: int) -> None:
        try:
            if letter := self._write(message_id):
                self._send(message_id, letter)
        except (ServerUnavailable, OperationalError):
            raise
        except Exception as error:  # noqa: BLE001 - a fault in one letter must not hold up all others
            log.error("message %s stepped aside: %s at %s", message_id, type(error).__name__, _where(error))
            now = self._now()
            with self._house.database.transaction() as session:
                step_aside(session, message_id, self._lease, now + STEP_ASIDE, now)

    def _write(self, message_id: int) -> Letter | None:
        """Return a letter that may leave, as far as can be told now; None where it must not."""
        now = self._now()
        with self._house.database.reading() as session:
            dossier = self._archive.find(session, message_id)
            permission = decide(standing_of(session, dossier), now)
        if not isinstance(permission, Send):
            self._record(message_id, partial(_withhold, permission=permission))
            return None
        try:
            return self._compose(letter_facts(dossier, now), self._house.links)
        except RenderingError as error:
            log.error("message %s could not be written: %s", message_id, error)
            self._record(message_id, record.unwritable)
            return None

    def _send(self, message_id: int, letter: Letter) -> None:
        """Hand a letter over and record what became of it; anything but a clear refusal is doubt."""
        try:
            reply = self._transport.send(letter, partial(self._may_leave, message_id))
        except Withdrawn:
            return  # `_may_leave` knows why, and has recorded it
        except ServerUnavailable:
            self._record(message_id, partial(record.unserved, until=self._now() + UNAVAILABLE_FOR))
            raise
        except InDoubt:
            self._record(message_id, record.doubted)
        except RenderingError:
            self._record(message_id, record.unwritable)
        except NeverDeliverable as refusal:
            self._record(message_id, partial(record.refused, refusal=refusal))
        except TryLater as trouble:
            self._record(message_id, partial(record.put_off, trouble=trouble))
        else:
            self._record(message_id, partial(record.sent, reply=reply))

    def _may_leave(self, message_id: int) -> bool:
        """Look at the facts a last time and, in the same transaction, promise to send."""
        now = self._now()
        with self._house.database.transaction() as session:
            dossier = self._archive.find(session, message_id)
            if dossier.contact is not None:  # two letters to one person must not pass each other here
                lock_contact(session, dossier.contact.id)
            permission = decide(standing_of(session, dossier), now)
            if not isinstance(permission, Send):
                _withhold(session, dossier, self._lease, now, permission)
                return False
            if now - self._renewed_at >= RENEW_AFTER:
                self._renewed_at = now
                renew(session, self._lease, now + LEASE, now)
            is_mine = intend(session, message_id, self._lease, now + PROMISED, now)
        if not is_mine:
            log.warning("message %s was lost to another sender; it did not leave here", message_id)
        return is_mine

    def _record(self, message_id: int, outcome: Outcome) -> None:
        now = self._now()
        with self._house.database.transaction() as session:
            dossier = self._archive.find(session, message_id)
            outcome(session, dossier, self._lease, now)


def _withhold(session: Session, dossier: Dossier, lease: str, now: datetime, permission: Permission) -> None:
    if isinstance(permission, Cancel):
        record.cancelled(session, dossier, lease, now, permission.reason)
    elif isinstance(permission, Hold):
        record.held(session, dossier, lease, now, permission.until)


def _where(error: Exception) -> str:
    """Return where an error was raised; what it says may name a person."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
