"""One letter of a simulated month: its links, whose it is, and every visit that anybody makes to it."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from campaigns.responses.signs.reason import Level
from campaigns.responses.signs.trace import Trace, Visit

SCORES = (1, 2, 3, 4, 5)
RATE, SURVEY, UNSUBSCRIBE = "rate", "survey", "unsubscribe"
Link = tuple[str, int | None]  # as a scanner counts links: each score is one
LINKS: tuple[Link, ...] = (*((RATE, score) for score in SCORES), (SURVEY, None), (UNSUBSCRIBE, None))
READS = timedelta(seconds=2.4)  # until the page's script tells what was clicked


@dataclass(slots=True)
class Letter:
    number: int
    sent_at: datetime
    domain: str
    dice: random.Random
    hits: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    traces: list[Trace] = field(default_factory=list)
    said: int | None = None  # what its person wanted to say last; None: nothing
    is_confirmed: bool = False  # that person touched the page, or pressed its button

    def look(self, link: Link, at: datetime, visit: Visit) -> None:
        self._add(link, link[1], at, visit, is_answer=False)

    def answer(self, link: Link, score: int, at: datetime, visit: Visit) -> None:
        self._add(link, score, at, visit, is_answer=True)

    def _add(self, link: Link, score: int | None, at: datetime, visit: Visit, *, is_answer: bool) -> None:
        trace = Trace(
            hit_id=next(self.hits),
            message_id=self.number,
            link=link[0],
            is_answer=is_answer,
            score=score,
            at=at,
            visit=visit,
        )
        self.traces.append(trace)


def opened(user_agent: str, network: str, *, speaks: bool = True, method: str = "GET") -> Visit:
    """Return a look; `speaks`: with the headers a browser sends."""
    return Visit(
        method=method,
        user_agent=user_agent,
        network=network,
        names_language=speaks,
        names_fetch=speaks,
        names_hints=speaks,
    )


def told(user_agent: str, network: str, age: timedelta, level: Level | None) -> Visit:
    """Return an answer: what a page's script told (PROVISIONAL, or CONFIRMED after a touch), or a press (None)."""
    return replace(opened(user_agent, network, method="POST"), claim=level, page_age=age)
