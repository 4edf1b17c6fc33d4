"""What /metrics says: what was counted on this machine, and what waits in the database, looked at every few seconds."""

import threading
import time
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from campaigns import clock, meters
from campaigns.exposition import Gauge
from campaigns.house import House
from campaigns.reports.backlog import MOST, Backlog, backlog

KEPT_FOR = 5.0  # seconds; however many scrape, the database is asked no more often
UP_TO = f"counting stops at {MOST}"


class Gauges:
    """The gauges of one process, kept for a few seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._kept: tuple[Gauge, ...] = ()

    def text(self, house: House) -> str:
        """Return all metrics as Prometheus reads them; without a database, all but what waits in it.

        Who comes while another looks gets what was seen before: a database that hangs holds one thread, not all.
        """
        if time.monotonic() >= self._until and self._lock.acquire(blocking=False):
            try:
                self._kept = tuple(_look(house))
                self._until = time.monotonic() + KEPT_FOR
            finally:
                self._lock.release()
        return meters.text(self._kept)


def _look(house: House) -> Iterator[Gauge]:
    heard = house.bell.is_heard()
    yield _one("askwell_redis_up", "Whether Redis answers; without one by intention, workers poll.", int(bool(heard)))
    now = clock.now()
    try:
        with house.database.reading() as session:
            waiting = backlog(session, now)
    except SQLAlchemyError:
        yield _one("askwell_database_up", "Whether the database answers.", 0)
        return
    yield _one("askwell_database_up", "Whether the database answers.", 1)
    age = (now - waiting.oldest_due_at).total_seconds() if waiting.oldest_due_at else 0
    yield _one("askwell_oldest_due_seconds", "How long the letter that waits longest has been due, in seconds.", age)
    yield from _of(waiting)


def _of(waiting: Backlog) -> Iterator[Gauge]:
    yield _one("askwell_letters_due", f"Letters that may leave now; {UP_TO}.", waiting.due)
    yield _one("askwell_merchants_due", "Merchants with letters that may leave now.", waiting.merchants_due)
    yield _one("askwell_letters_sending", f"Letters in the hands of a sender; {UP_TO}.", waiting.sending)
    yield _one("askwell_senders", "Shifts that hold letters, on all machines.", waiting.senders)
    yield _one("askwell_letters_in_doubt", f"Letters nobody knows the fate of; {UP_TO}.", waiting.in_doubt)
    yield Gauge(
        name="askwell_waiting",
        help=f"What came in and is not worked off: webhooks, purchases without a verdict, answers; {UP_TO}.",
        label="kind",
        values={"receipt": waiting.receipts, "purchase": waiting.purchases, "answer": waiting.answers},
    )
    yield Gauge(
        name="askwell_halts",
        help="Pauses in force: of everything (0 or 1), and how many of single merchants.",
        label="of",
        values={"everything": int(waiting.is_all_halted), "merchant": waiting.merchants_halted},
    )


def _one(name: str, sentence: str, number: float) -> Gauge:
    return Gauge(name=name, help=sentence, values={"": number})
