"""What the other visits to the same letter show: a machine rarely comes for one link alone."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.responses.signs.browser import system_of
from campaigns.responses.signs.reason import Level, Sign, Suspicion
from campaigns.responses.signs.rules import Rules
from campaigns.responses.signs.trace import Trace, Visit

NEIGHBOURS = 25  # visits before and after one that are looked at for its shadow: a remark needs no more


@dataclass(frozen=True, slots=True)
class Burst:
    """A stretch of time in which too much of a letter was opened."""

    since: datetime
    until: datetime
    scores: int
    links: int

    def sign(self) -> Sign:
        span = round((self.until - self.since).total_seconds())
        return Sign(Suspicion.BURST, {"scores": self.scores, "links": self.links, "seconds": span})


class Company:
    """All visits to one letter's enrollment, in the order of their time."""

    def __init__(self, traces: Sequence[Trace], rules: Rules) -> None:
        self._traces, self._rules = traces, rules
        self._bursts = list(_merged(_bursts([each for each in traces if not is_press(each)], rules)))
        hasty = [each for each in traces if is_press(each) and _is_hasty(each, rules)]
        self._hasty_bursts = list(_merged(_bursts(hasty, rules)))
        self._trapped = [each for each in traces if each.link in rules.traps]
        self._driven = [each for each in traces if is_driven(each.visit)]

    def signs(self, place: int) -> Iterable[Sign]:
        """Tell what speaks against the visit at a place for those beside it."""
        one = self._traces[place]
        if is_press(one):
            if _is_hasty(one, self._rules) and (burst := _burst_of(one, self._hasty_bursts)):
                yield burst.sign()
            return
        if burst := _burst_of(one, self._bursts):
            yield burst.sign()
        if trap := self._is_beside(one, self._trapped):
            yield Sign(Suspicion.TRAP, {"link": trap.link})
        if self._is_beside(one, self._driven):
            yield Sign(Suspicion.WEBDRIVER, {"beside": True})
        if any(self._is_shadow(one, each) for each in self._traces[max(0, place - NEIGHBOURS) : place + NEIGHBOURS]):
            yield Sign(Suspicion.SHADOW)

    def _is_beside(self, one: Trace, others: Sequence[Trace]) -> Trace | None:
        """Return the first of some visits that the same client made around that time: a suspicion sticks to it."""
        near = (each for each in others if abs(each.at - one.at) <= self._rules.trap_within)
        return next((each for each in near if _is_same_client(one, each)), None)

    def _is_shadow(self, one: Trace, other: Trace) -> bool:
        mine, theirs = one.visit, other.visit
        if not (mine.network and theirs.network) or abs(other.at - one.at) > self._rules.shadow_within:
            return False
        return mine.network != theirs.network and system_of(mine.user_agent) != system_of(theirs.user_agent)


def _bursts(traces: Sequence[Trace], rules: Rules) -> Iterable[Burst]:
    """Slide a minute over the visits. Whose they are says nothing: one scanner has many addresses and names."""
    window: deque[Trace] = deque()
    scores: Counter[int | None] = Counter()
    links: Counter[tuple[str, int | None]] = Counter()
    for trace in traces:
        window.append(trace)
        scores[trace.score] += 1
        links[trace.place] += 1
        while window[-1].at - window[0].at > rules.burst_within:
            gone = window.popleft()
            for counter, key in ((scores, gone.score), (links, gone.place)):
                counter[key] -= 1  # type: ignore[index]  # each with its own kind of key
        named = sum(1 for score, count in scores.items() if count and score is not None)
        opened = sum(1 for count in links.values() if count)
        if named >= rules.burst_scores or opened >= rules.burst_links:
            yield Burst(window[0].at, window[-1].at, named, opened)


def _merged(bursts: Iterable[Burst]) -> Iterable[Burst]:
    """Make one of those that overlap: they come in the order of their ends, and so of their beginnings."""
    last: Burst | None = None
    for each in bursts:
        if last is not None and each.since <= last.until:
            last = Burst(last.since, each.until, max(last.scores, each.scores), max(last.links, each.links))
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last


def _burst_of(one: Trace, bursts: Iterable[Burst]) -> Burst | None:
    return next((each for each in bursts if each.since <= one.at <= each.until), None)


def is_press(trace: Trace) -> bool:
    """Whether somebody sent the page. Who changes their mind presses another score than they clicked: no burst."""
    if not trace.is_answer:
        return False
    return trace.belief[0] is Level.CONFIRMED if trace.belief is not None else trace.visit.is_press


def _is_hasty(trace: Trace, rules: Rules) -> bool:
    age = trace.visit.page_age
    return age is not None and age < rules.soonest


def is_driven(visit: Visit) -> bool:
    """Whether a program drove the page: by its own word, or because it was pressed by no hand."""
    return visit.is_webdriver or (visit.is_press and visit.by_hand is False)


def _is_same_client(one: Trace, other: Trace) -> bool:
    mine, theirs = one.visit, other.visit
    return bool(mine.user_agent) and (mine.network, mine.user_agent) == (theirs.network, theirs.user_agent)
