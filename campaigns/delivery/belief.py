"""Which letters may still leave, as far as anybody looked: exact on SQLite, on PostgreSQL a blink old at most.

SQLite says in two microseconds whether anything was committed since. PostgreSQL is asked about
the next letters while the ones before are written, so that no letter waits for its answer.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from campaigns.ahead import Ahead
from campaigns.changes import Changes
from campaigns.database import BELIEVED_FOR

AGES_AT = BELIEVED_FOR / 2  # seconds from when the next is asked for
WINDOW = 8  # letters looked at together: what leaves while one look is believed, and a look at others costs the server
Look = Callable[[list[int]], set[int]]  # the whole look: returns which may leave, and tells the book of all others
Waiting = Sequence[tuple[int, object]]  # letters by their ids, the next one first


class Belief(Protocol):
    def forget(self) -> None:
        """Take it that anything may have changed: what is read next is new."""

    def believe(self, message_ids: Iterable[int]) -> None:
        """Take it that these may leave: they were decided on since `forget`."""

    def lets_go(self, waiting: Waiting) -> bool:
        """Whether the first of these may leave now."""

    def close(self) -> None:
        """Ask nothing more."""


class Exact:
    def __init__(self, look: Look, changes: Changes) -> None:
        self._look = look
        self._changes = changes
        self._believed: set[int] = set()

    def forget(self) -> None:
        if self._changes.have_come():
            self._believed.clear()

    def believe(self, message_ids: Iterable[int]) -> None:
        self._believed.update(message_ids)

    def lets_go(self, waiting: Waiting) -> bool:
        self.forget()
        if waiting[0][0] not in self._believed:
            self._believed |= self._look(_next(waiting))
        return waiting[0][0] in self._believed

    def close(self) -> None:
        self._changes.close()


class Fresh:
    def __init__(self, look: Look, ahead: Ahead, lease: str, now: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._ahead = ahead
        self._lease = lease
        self._now = now
        self._believed: set[int] = set()
        self._since = self._asked_at = float("-inf")  # when what is believed, and what is to come, was asked for
        self._asked: list[int] = []

    def forget(self) -> None:
        self._believed, self._since = set(), self._now()

    def believe(self, message_ids: Iterable[int]) -> None:
        self._believed.update(message_ids)

    def lets_go(self, waiting: Waiting) -> bool:
        answer = self._ahead.answer(wait=False)
        if answer is not None and self._asked_at > self._since:
            self._believed, self._since = answer, self._asked_at
        age = self._now() - self._since
        if age > BELIEVED_FOR or waiting[0][0] not in self._believed:
            return self._look_now(waiting)
        if age > AGES_AT and len(waiting) > 1 and not self._ahead.is_asked:
            self._ask(_next(waiting)[1:])
        return True

    def close(self) -> None:
        self._ahead.close()

    def _look_now(self, waiting: Waiting) -> bool:
        first, now = waiting[0][0], self._now()
        if self._ahead.is_asked and first in self._asked and now - self._asked_at <= BELIEVED_FOR:
            self._believed, self._since = self._ahead.answer(wait=True) or set(), self._asked_at
        else:
            self._ahead.answer(wait=True)  # of something else, or too long ago
            self._ask(_next(waiting))
            self._believed = self._ahead.answer(wait=True) or set()
            # Of a database far away every answer is old when it comes; it has to do for the next ones too.
            self._since = self._asked_at if self._now() - self._asked_at < AGES_AT else self._now()
        if first not in self._believed:
            self._believed |= self._look([first])
        return first in self._believed

    def _ask(self, message_ids: list[int]) -> None:
        self._asked, self._asked_at = message_ids, self._now()
        self._ahead.ask(message_ids, self._lease)


def _next(waiting: Waiting) -> list[int]:
    return [waiting[place][0] for place in range(min(WINDOW, len(waiting)))]
