"""A letter leaves at most once: what may be with a server is written down before the final dot that gives it away.

A shift takes back what dead senders left, then claims, writes and hands over letters, merchant by
merchant, until nothing is due. No transaction is open while a server is spoken to. What is written
when, and what a crash leaves behind, is a table in docs/decisions/0005.
"""

import logging
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy.orm import Session

from campaigns.ahead import Ahead
from campaigns.changes import Changes
from campaigns.delivery.batch import Scribe
from campaigns.delivery.belief import Belief, Exact, Fresh
from campaigns.delivery.book import Book
from campaigns.delivery.desk import Desk
from campaigns.delivery.facts import Archive
from campaigns.delivery.filling import Filling, Means
from campaigns.delivery.inbound.returns import Returns
from campaigns.delivery.journal import Journal
from campaigns.delivery.last_look import SPOTLESS, look_again
from campaigns.delivery.recovery import journals_of, recover
from campaigns.delivery.watermark import Watermark
from campaigns.enrollment.sending import Claim, let_go, merchants_with_due, renew
from campaigns.enrollment.states import MessageState
from campaigns.house import House
from campaigns.meters import note_shift

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
SHIFT = timedelta(seconds=60)  # after which no further letter is begun
LAST_WORDS = 10.0  # seconds for servers to answer, where this sender cannot go on
A_TURN = 0.25  # seconds, at most, between two looks at whether to go on
WORTH_WAITING = 5.0  # seconds; the next ring comes no later
Now = Callable[[], datetime]


class Shift:
    """One sender at work. Its lease is what tells its letters from those of all other senders."""

    def __init__(self, house: House, means: Means, now: Now, is_stopping: Callable[[], bool]) -> None:
        self._house = house
        self._means = means
        self._now = now
        self._is_stopping = is_stopping
        self._began_at = self._renewed_at = now()
        self._number = uuid4()
        self._lease = str(self._number)
        self._archive = Archive()
        self._book = Book(house.database, self._lease)
        self._watermark = Watermark(house)

    def work(self) -> int:
        """Send until nothing is due, the shift is over or the process is to stop; returns how many were dealt with."""
        begin = time.monotonic()
        if objection := self._watermark.objection():
            log.error("nothing leaves. %s", objection)
            return 0
        recover(self._house, self._now())
        with self._house.database.reading() as session:
            if not merchants_with_due(session, self._now()):
                return 0
        with self._house.database.lookout() as open_session, closing(self._belief(open_session)) as belief:
            try:
                journal = Journal(journals_of(self._house), self._lease)
            except OSError as error:
                log.error("letters wait, there is no room for a journal: %s", error.strerror)
                return 0
            scribe = Scribe(self._book, self._means.compose, self._now, Returns(self._house.settings))
            self._work_with(journal, Desk(belief, scribe.write, journal))
        note_shift(time.monotonic() - begin, self._book.dealt_with)
        return self._book.dealt_with

    def _belief(self, open_session: Callable[[], Session]) -> Belief:
        look, database = partial(self._look, open_session), self._house.database
        if database.is_sqlite:
            return Exact(look, Changes(database))
        return Fresh(look, Ahead(database, SPOTLESS, "ids", "holder"), self._lease)

    def _work_with(self, journal: Journal, desk: Desk) -> None:
        try:
            self._run(journal, desk)
        except BaseException:
            self._hear_out(desk)
            journal.leave()  # the next sender reads it
            raise
        self._watermark.rise(self._book.last_sent, self._now(), at_once=True)
        journal.remove()

    def _run(self, journal: Journal, desk: Desk) -> None:
        exchange, book = self._means.exchange, self._book
        filling = Filling(self._house, self._means, desk, book, self._archive, self._number.int)
        while True:
            now = self._now()
            goes_on = not self._is_stopping() and now < self._began_at + SHIFT
            if goes_on:
                filling.fill(Claim(self._lease, now + LEASE), now)
            else:
                book.drop(desk.clear_all())
            if not exchange.in_flight:
                book.write(now)
                journal.clear()
            patience = A_TURN if exchange.in_flight or desk.waiting else filling.wait() if goes_on else None
            if patience is None or patience > WORTH_WAITING:
                break
            for outcome in exchange.turn(desk, min(patience, A_TURN)):
                filling.hear(outcome, now)
            filling.reroute(now)
            if book.is_due:
                book.write(self._now())
            self._watermark.rise(book.last_sent, now)
            self._renew(now)
        with self._house.database.transaction() as session:
            let_go(session, self._lease, MessageState.SCHEDULED, self._now())

    def _hear_out(self, desk: Desk) -> None:
        """Begin no more letters, but write down what becomes of those that a server has or is about to have."""
        exchange, until = self._means.exchange, time.monotonic() + LAST_WORDS
        desk.close()
        with suppress(Exception):  # one is on its way already, and says more than what follows from it
            while exchange.in_flight and time.monotonic() < until:
                exchange.turn(desk, A_TURN)
        desk.promise([], exchange.close(politely=False))

    def _look(self, open_session: Callable[[], Session], message_ids: list[int]) -> set[int]:
        """Look at letters once more; those that may not leave are told to the book."""
        now = self._now()
        with open_session() as session:
            may_leave, withheld = look_again(session, self._archive, message_ids, self._lease, now)
        known = may_leave | {dossier.id for dossier, _ in withheld}
        if lost := [message_id for message_id in message_ids if message_id not in known]:
            log.warning("%s letters were lost to another sender; they did not leave here", len(lost))
            self._book.drop(lost)
        self._book.withhold(withheld)
        return may_leave

    def _renew(self, now: datetime) -> None:
        """Keep what this sender holds a while longer, so that a slow server does not cost a batch."""
        if now - self._renewed_at >= LEASE / 4:
            self._renewed_at = now
            with self._house.database.transaction() as session:
                renew(session, Claim(self._lease, now + LEASE), now)
