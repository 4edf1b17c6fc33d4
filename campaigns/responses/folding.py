"""All answers to one enrollment come to one response: the latest confirmed wins, in whatever order they are told."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from campaigns.catalog.condition import Answer
from campaigns.responses.signs.reason import Judgement, Level, Reason
from campaigns.responses.signs.rules import RULES, Rules

BURST = timedelta(seconds=60)


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
    hit_id: int = 0  # the answer that decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a response is, why, since when one click counts, and when to look again."""

    folded: Folded
    reasons: tuple[Reason, ...]
    matured_at: datetime | None  # of a provisional one: it stood its hold
    look_again_at: datetime | None  # None: nothing more can come to light by itself


def settle(
    given: Iterable[Given], judged: Mapping[int, Judgement], now: datetime, rules: Rules = RULES
) -> Outcome | None:
    """Make one response of judged answers; None where there are none.

    Of one-click answers the latest that stood its hold decides, and before any did, the latest there is.
    """
    answers = [_as_judged(each, judged) for each in set_of(given)]
    folded = _first_of(answers)
    if folded is None:
        return None
    if folded.level is Level.PROVISIONAL:
        stood = _first_of(each for each in answers if each.at + rules.hold <= now)
        folded = stood if stood is not None and stood.level is Level.PROVISIONAL else folded
    matures_at = folded.at + rules.hold
    to_come = [each.at + rules.hold for each in answers if each.at + rules.hold > now and _is_open(each, judged)]
    return Outcome(
        folded=folded,
        reasons=judged[folded.hit_id].reasons if folded.hit_id in judged else (),
        matured_at=matures_at if folded.level is Level.PROVISIONAL and matures_at <= now else None,
        look_again_at=min(to_come, default=None),
    )


def fold(given: Iterable[Given]) -> Folded | None:
    """Say what answers come to as the door believed them; None where there are none.

    The latest confirmed answer wins. Without one it is the latest provisional, unless provisional
    answers contradict each other within a minute; what is left then is suspect.
    """
    answers = list(set_of(given))
    contradicting = _contradicting([each for each in answers if each.level is Level.PROVISIONAL])
    return _first_of(replace(each, level=Level.SUSPECT) if each.hit_id in contradicting else each for each in answers)


def set_of(given: Iterable[Given]) -> Iterable[Given]:
    """The same hit told twice counts once."""
    return {each.hit_id: each for each in given}.values()


def _first_of(answers: Iterable[Given]) -> Folded | None:
    """Fold the answers of the highest level there is; of suspects nothing is taken but that they are there."""
    in_order = sorted(answers, key=lambda each: (each.at, each.hit_id))
    for level in (Level.CONFIRMED, Level.PROVISIONAL, Level.SUSPECT):
        if counted := [each for each in in_order if each.level is level]:
            return _folded(level, counted)
    return None


def _as_judged(given: Given, judged: Mapping[int, Judgement]) -> Given:
    found = judged.get(given.hit_id)
    return given if found is None or found.level is given.level else replace(given, level=found.level)


def _is_open(given: Given, judged: Mapping[int, Judgement]) -> bool:
    """Whether what is still to come can change how far an answer is believed."""
    found = judged.get(given.hit_id)
    return given.level is not Level.CONFIRMED or bool(found and found.reasons)


def _contradicting(provisional: Sequence[Given]) -> set[int]:
    """Return those within a minute of which another score was told; one look at each, however many there are."""
    window: deque[Given] = deque()
    fresh: deque[Given] = deque()  # of the window, those not found yet
    scores: Counter[int] = Counter()
    found: set[int] = set()
    for each in sorted(provisional, key=lambda it: (it.at, it.hit_id)):
        window.append(each)
        fresh.append(each)
        scores[each.score] += 1
        while each.at - window[0].at > BURST:
            gone = window.popleft()
            scores -= Counter([gone.score])
            if fresh and fresh[0] is gone:
                fresh.popleft()
        if len(scores) > 1:
            found |= {it.hit_id for it in fresh}
            fresh.clear()
    return found


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
        hit_id=last.hit_id,
    )
