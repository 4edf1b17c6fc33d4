"""What a sender holds, and what became of it, until the database knows: every letter is in here once, or on record."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns.database import Database
from campaigns.delivery.facts import Dossier
from campaigns.delivery.last_look import Withheld
from campaigns.delivery.record import UNWRITABLE, Result, fail, record, withhold
from campaigns.delivery.smtp.parcel import Fate, Outcome
from campaigns.enrollment.sending import TRIED, put_off
from campaigns.enrollment.states import MessageState
from campaigns.meters import count_letters, count_reply

MANY = 400  # results that are written without waiting for the next claim
WITHIN = 1.0  # seconds in which a result is written, however few there are
STEP_ASIDE = timedelta(minutes=15)
TIMES = 3  # a letter is taken up anew after its connection broke; then it is the letter that waits


class Book:
    def __init__(self, database: Database, lease: str) -> None:
        self.dealt_with = 0
        self.last_sent = 0  # and on record; 0: none yet
        self._database = database
        self._lease = lease
        self._held: dict[int, Dossier] = {}
        self._broken: Counter[int] = Counter()
        self._begin()

    def _begin(self) -> None:
        self._results: list[Result] = []
        self._fates: Counter[str] = Counter()
        self._withheld: list[Withheld] = []
        self._unwritable: list[Dossier] = []
        self._faulty: list[Dossier] = []
        self._later: dict[int, datetime] = {}
        self._since = time.monotonic()

    @property
    def entries(self) -> int:
        letters = len(self._results) + len(self._withheld) + len(self._unwritable) + len(self._faulty)
        return letters + len(self._later)

    @property
    def is_due(self) -> bool:
        return len(self._results) >= MANY or (time.monotonic() - self._since >= WITHIN and self.entries > 0)

    def hold(self, dossier: Dossier) -> None:
        self._held[dossier.id] = dossier

    def held(self, message_id: int) -> Dossier:
        return self._held[message_id]

    def still_held(self, message_ids: Iterable[int]) -> list[Dossier]:
        """Return those of these letters of which nothing became yet."""
        return [self._held[message_id] for message_id in message_ids if message_id in self._held]

    def hear(self, outcome: Outcome) -> tuple[Dossier, bool]:
        """Note what became of a letter; False where that is nothing yet, and it is to be taken up anew."""
        dossier = self._held[outcome.key]
        if outcome.fate is Fate.UNSERVED:
            self._broken[outcome.key] += 1
            if self._broken[outcome.key] < TIMES:
                return dossier, False
        del self._held[outcome.key]
        reply, relay = outcome.reply, outcome.lane.key
        relay_id = relay if isinstance(relay, int) and relay else None
        numbers = (reply.code, reply.status) if reply else (None, "")
        self._results.append(Result(dossier, outcome.fate, relay_id, *numbers))
        return dossier, True

    def withhold(self, withheld: Iterable[Withheld]) -> None:
        for dossier, permission in withheld:
            if self._held.pop(dossier.id, None):
                self._withheld.append((dossier, permission))

    def give_up(self, dossier: Dossier) -> None:
        """Let a letter fail that cannot be written."""
        self._held.pop(dossier.id, None)
        self._unwritable.append(dossier)

    def step_aside(self, dossier: Dossier) -> None:
        """Put a letter off through a fault of ours, so that it never holds up the others."""
        self._held.pop(dossier.id, None)
        self._faulty.append(dossier)

    def put_off(self, message_ids: Iterable[int], until: datetime) -> None:
        """Let letters wait that nobody serves; no try is counted."""
        for message_id in message_ids:
            self._held.pop(message_id, None)
            self._later[message_id] = until

    def drop(self, message_ids: Iterable[int]) -> None:
        """Let go of letters without a word; what the lease still holds at its end is due as before."""
        for message_id in message_ids:
            self._held.pop(message_id, None)

    def write(self, now: datetime) -> None:
        """Have the database know all there is."""
        if self.entries:
            with self._database.transaction() as session:
                self.write_in(session, now)
            self.written()

    def write_in(self, session: Session, now: datetime) -> None:
        """Write in a transaction that is open anyway; `written` says that it was committed."""
        if self.entries:
            self._fates = record(session, self._results, self._lease, now)
            withhold(session, self._withheld, self._lease, now)
            fail(session, self._unwritable, self._lease, now, UNWRITABLE)
            aside = dict.fromkeys((dossier.id for dossier in self._faulty), now + STEP_ASIDE)
            put_off(session, aside, self._lease, MessageState.DEFERRED, now, **TRIED)
            put_off(session, self._later, self._lease, MessageState.DEFERRED, now)

    def written(self) -> None:
        self._count()
        sent = (each.dossier.id for each in reversed(self._results) if each.fate is Fate.TAKEN)
        self.last_sent = next(sent, self.last_sent)
        self._begin()

    def _count(self) -> None:
        self.dealt_with += len(self._results) + len(self._withheld) + len(self._unwritable) + len(self._faulty)
        for outcome, number in self._fates.items():
            count_letters(outcome, number)
        count_letters("failed", len(self._unwritable))
        count_letters("withheld", len(self._withheld))
        for code, number in Counter(result.code for result in self._results if result.code).items():
            count_reply(code or 0, number)
