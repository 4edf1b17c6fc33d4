"""Requests that come together are committed together: each waits for the commit that holds what it brought.

Whoever brings something while nobody commits leads: it records what has gathered, commits once and
answers to all. Those who come meanwhile gather for the next, which one of them leads. So one writer is
busy at a time, no thread is kept for it, and one who is alone waits for nobody.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Item = TypeVar("Item")
Result = TypeVar("Result")
# Records many items in one transaction and returns what came of each, in their order. It may be run
# again after a rollback, so it does nothing but read and write rows.
Record = Callable[[Session, Sequence[Item]], Sequence[Result]]
Transaction = Callable[[], AbstractContextManager[Session]]
GATHER = 0.002  # seconds that whoever leads waits for others, where there were others the last time


class Uncommitted(RuntimeError):
    """What was brought is not kept, or nobody knows: its sender has to send it again."""


def _taken() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Place:
    """One who waits: what they brought, and what they were told."""

    record: Record[Any, Any]
    item: Any
    turn: threading.Lock = field(default_factory=_taken)  # let go once: when they are answered, or are to lead
    is_answered: bool = False
    result: Any = None
    error: BaseException | None = None

    def answer(self, result: Any = None, error: BaseException | None = None) -> None:
        self.result, self.error, self.is_answered = result, error, True


class Commits:
    """The one way in for all that a process's doors write."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._lock = threading.Lock()
        self._waiting: list[_Place] = []
        self._is_led = False
        self._is_busy = False

    def add(self, record: Record[Item, Result], item: Item) -> Result:
        """Record an item with all that came together and return what came of it, once that is committed.

        What recording raises for this item is raised; the others are kept. Where the commit fails
        nobody is told of success.
        """
        mine = _Place(record, item)
        with self._lock:
            self._waiting.append(mine)
            leads, self._is_led = not self._is_led, True
        if not leads:
            mine.turn.acquire()
        if not mine.is_answered:
            self._lead(mine)
        if mine.error is not None:
            raise mine.error
        result: Result = mine.result
        return result

    def _lead(self, mine: _Place) -> None:
        if self._is_busy:
            time.sleep(GATHER)
        with self._lock:
            batch, self._waiting = self._waiting, []
        try:
            self._commit(batch)
        finally:
            self._is_busy = len(batch) > 1
            with self._lock:
                next_leader = self._waiting[0] if self._waiting else None
                self._is_led = next_leader is not None
            if next_leader is not None:
                next_leader.turn.release()
            for place in batch:
                if not place.is_answered:
                    place.answer(error=Uncommitted())
                if place is not mine:
                    place.turn.release()

    def _commit(self, batch: list[_Place]) -> bool:
        """Commit a batch and answer to all in it; False where the database was not there for them."""
        try:
            with self._transaction() as session:
                session.connection()
                results = _record(session, batch)
        except _NotRecorded as trouble:
            return self._commit_alone(batch, trouble.error)
        except Exception as error:  # noqa: BLE001  # whatever it was, it is told to everybody it befell
            for place in batch:
                place.answer(error=error)
            return False
        for place, result in zip(batch, results, strict=True):
            place.answer(result)
        return True

    def _commit_alone(self, batch: list[_Place], error: Exception) -> bool:
        """Let what cannot be recorded fail alone: everything is recorded once more, each in a commit of its own."""
        if len(batch) == 1:
            batch[0].answer(error=error)
            return not (isinstance(error, DBAPIError) and error.connection_invalidated)
        waiting = iter(batch)
        is_there = all(self._commit([place]) for place in waiting)
        for place in waiting:
            place.answer(error=error)
        return is_there


class _NotRecorded(Exception):
    """Something in a batch could not be recorded; the batch is rolled back."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


def _record(session: Session, batch: list[_Place]) -> list[Any]:
    """Record each kind of thing at once, in the same order everywhere, so that no two processes wait for each other."""
    by_kind: dict[Record[Any, Any], list[_Place]] = {}
    for place in batch:
        by_kind.setdefault(place.record, []).append(place)
    results: dict[_Place, Any] = {}
    try:
        for record in sorted(by_kind, key=lambda each: each.__qualname__):
            places = by_kind[record]
            results.update(zip(places, record(session, [place.item for place in places]), strict=True))
    except Exception as error:
        raise _NotRecorded(error) from error
    return [results[place] for place in batch]
