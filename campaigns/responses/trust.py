"""An answer counts as far as a person gave it; a suspicion sticks to a request and never locks anybody out.

Scanners open every link of a letter, some in a real browser that runs the page's script. What
tells them apart is one request (`believe`) and the company it keeps (`fold`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from campaigns.catalog.condition import Answer


class Level(StrEnum):
    """How far we believe that a person did this; reference: docs/answers.md."""

    OBSERVED = "observed"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    SUSPECT = "suspect"


class Suspicion(StrEnum):
    PREFETCH = "prefetch"  # a browser fetched it ahead of its person
    BOT_UA = "bot_ua"  # the browser names itself a robot, or does not name itself
    WEBDRIVER = "webdriver"  # the page says that a program drives the browser
    HASTY = "hasty"  # sent sooner than most can read
    BURST = "burst"  # several scores within a minute, as a scanner that opens every link


WEIGHTS = dict.fromkeys(Suspicion, 3)  # what one request shows is damning; weaker signs need several requests
SUSPECT_FROM = 3
# Somebody who pressed a button has shown more than a browser's name can take back.
# A hasty press is flagged and still counts: a thumb that waits where the button will be is quick.
AGAINST_A_PRESS = frozenset({Suspicion.PREFETCH, Suspicion.WEBDRIVER})
SOONEST = timedelta(seconds=0.5)
BURST = timedelta(seconds=60)
ROBOTS = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|preview|headless|phantomjs|facebookexternalhit|googleimageproxy|scanner"
    r"|python|curl|wget|libwww|java/|okhttp|go-http-client|node-fetch|axios|scrapy|httpclient",
    re.IGNORECASE,
)  # Cubot makes telephones


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one request shows of who made it."""

    method: str
    user_agent: str
    purpose: str = ""  # Sec-Purpose, Purpose and X-Moz, as sent
    claim: Level | None = None  # what the page's script says of itself; None where the button was pressed
    is_webdriver: bool = False
    page_age: timedelta | None = None  # how long the page had been open; None where nothing was sent


@dataclass(frozen=True, slots=True)
class Belief:
    level: Level
    reasons: tuple[Suspicion, ...] = ()


def believe(visit: Visit) -> Belief:
    """Say how far one request is believed, and what speaks against it."""
    reasons = tuple(_suspicions(visit))
    if visit.method != "POST":
        return Belief(Level.OBSERVED, reasons)
    level = Level.PROVISIONAL if visit.claim is Level.PROVISIONAL else Level.CONFIRMED
    held_against = reasons if level is Level.PROVISIONAL else AGAINST_A_PRESS.intersection(reasons)
    if sum(WEIGHTS[reason] for reason in held_against) >= SUSPECT_FROM:
        level = Level.SUSPECT
    return Belief(level, reasons)


def _suspicions(visit: Visit) -> Iterable[Suspicion]:
    if "prefetch" in visit.purpose.lower() or "prerender" in visit.purpose.lower():
        yield Suspicion.PREFETCH
    if _is_robot(visit.user_agent):
        yield Suspicion.BOT_UA
    if visit.is_webdriver:
        yield Suspicion.WEBDRIVER
    if visit.page_age is not None and visit.page_age < SOONEST:
        yield Suspicion.HASTY


@lru_cache(1024)
def _is_robot(user_agent: str) -> bool:
    return not user_agent.strip() or ROBOTS.search(user_agent) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer as it was given: what a hit tells the rule."""

    hit_id: int
    message_id: int
    level: Level
    score: int
    answers: Mapping[str, Answer] | None  # None: only the score was sent
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What all answers to one enrollment come to."""

    level: Level
    score: int
    answers: Mapping[str, Answer]
    message_id: int  # the letter that first brought an answer that counts
    first_at: datetime
    at: datetime


def fold(given: Iterable[Given]) -> Folded | None:
    """Make one response of all answers, in whatever order they are told; None where there are none.

    The latest confirmed answer wins. Without one it is the latest provisional, unless provisional
    answers contradict each other within a minute; what is left then is suspect.
    """
    in_order = sorted(set_of(given), key=lambda each: (each.at, each.hit_id))
    confirmed = [each for each in in_order if each.level is Level.CONFIRMED]
    provisional = [each for each in in_order if each.level is Level.PROVISIONAL]
    clean = [each for each in provisional if not _is_burst(each, provisional)]
    for level, counted in (
        (Level.CONFIRMED, confirmed),
        (Level.PROVISIONAL, clean),
        (Level.SUSPECT, in_order),
    ):
        if counted:
            return _folded(level, counted)
    return None


def set_of(given: Iterable[Given]) -> Iterable[Given]:
    """The same hit told twice counts once."""
    return {each.hit_id: each for each in given}.values()


def _is_burst(one: Given, provisional: list[Given]) -> bool:
    return any(each.score != one.score and abs(each.at - one.at) <= BURST for each in provisional)


def _folded(level: Level, counted: list[Given]) -> Folded:
    first, last = counted[0], counted[-1]
    full = [each.answers for each in counted if each.answers is not None]
    return Folded(
        level=level,
        score=last.score,
        answers=full[-1] if full else {},
        message_id=first.message_id,
        first_at=first.at,
        at=last.at,
    )
