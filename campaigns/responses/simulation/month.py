"""A simulated month is lived, judged, and compared with the truth that only a simulation knows."""

import random
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.responses.evidence import Evidence
from campaigns.responses.folding import Outcome
from campaigns.responses.signs.reason import Level
from campaigns.responses.signs.rules import RULES, Rules
from campaigns.responses.simulation.letter import Letter
from campaigns.responses.simulation.machine import Machine
from campaigns.responses.simulation.person import Person
from campaigns.responses.simulation.world import World
from campaigns.responses.weighing import weigh

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
OPENS, CLOSES = 9, 21  # the hours in which letters leave
AT_OPENING = 0.45  # of a day's letters are due in the night, and leave when the day opens: twelve hours and some of 24
STRICT = frozenset({Level.CONFIRMED})
BALANCED = STRICT | {Level.PROVISIONAL}
MAILBOXES = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com", "gmx.de")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What one way of counting reports, and how far it is from the truth."""

    counted: int
    false: int  # counted, though no person answered
    wrong: int  # counted with another score than its person meant
    lost: int  # a person answered, and it is not counted
    rate: float
    off: float  # points above the truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    letters: int
    scanned: int
    people: int  # who clicked what they meant
    truth: float
    clicked: Headline  # whoever opened a rating, believed
    balanced: Headline
    strict: Headline
    locked_out: int  # people who touched or pressed, and whose answer is not theirs

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def simulate(world: World, seed: int, rules: Rules = RULES) -> Comparison:
    """Live a month and judge it; the same seed gives the same month."""
    dice = random.Random(seed)  # noqa: S311 - people, not secrets
    letters = [_letter(number, world, dice) for number in range(world.letters)]
    scanned = sum(_live(letter, world) for letter in letters)
    domains = _domains_of(letters, rules)
    end = BEGIN + timedelta(days=world.days + 60)
    outcomes = [(letter, _judged(letter, domains, end, rules)) for letter in letters]
    people = sum(letter.said is not None for letter in letters)
    return Comparison(
        letters=len(letters),
        scanned=scanned,
        people=people,
        truth=people / len(letters),
        clicked=_headline((letter, _naive(letter)) for letter in letters),
        balanced=_headline((letter, _score(outcome, BALANCED)) for letter, outcome in outcomes),
        strict=_headline((letter, _score(outcome, STRICT)) for letter, outcome in outcomes),
        locked_out=sum(each.is_confirmed and _score(outcome, STRICT) != each.said for each, outcome in outcomes),
    )


def _letter(number: int, world: World, dice: random.Random) -> Letter:
    hour = OPENS + (dice.uniform(0, 0.05) if dice.random() < AT_OPENING else dice.uniform(0, CLOSES - OPENS))
    sent_at = BEGIN + timedelta(days=dice.randrange(world.days), hours=hour)
    own = random.Random(dice.random())  # noqa: S311
    is_company = own.random() < world.people.company_mail
    return Letter(number, sent_at, f"company{number}.example" if is_company else own.choice(MAILBOXES), own)


def _live(letter: Letter, world: World) -> bool:
    """Let the machine before a mailbox and its person do what they do; returns whether there is a machine."""
    machine = Machine(letter, world.machines) if letter.dice.random() < world.scanned else None
    if machine:
        machine.scan()
    clicked_at = Person(letter, world.people).live()
    if machine and clicked_at:
        machine.follow(clicked_at)
    return machine is not None


def _domains_of(letters: Sequence[Letter], rules: Rules) -> Mapping[tuple[int, int], int]:
    """Count for each answer at how many domains its network was seen around that time."""
    seen: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for letter in letters:
        for trace in letter.traces:
            seen[trace.visit.network].append((trace.at, letter.domain))
    for visits in seen.values():
        visits.sort()
    found = {}
    for letter in letters:
        for trace in letter.traces:
            if trace.is_answer:
                visits = seen[trace.visit.network]
                first = bisect_left(visits, (trace.at - rules.fanout_within, ""))
                last = bisect_right(visits, (trace.at + rules.fanout_within, "\U0010ffff"))
                found[letter.number, trace.hit_id] = len({domain for _, domain in visits[first:last]})
    return found


def _judged(letter: Letter, domains: Mapping[tuple[int, int], int], now: datetime, rules: Rules) -> Outcome | None:
    evidence = Evidence(traces=letter.traces, sent_at={letter.number: letter.sent_at})
    evidence.domains = {each.hit_id: domains[letter.number, each.hit_id] for each in evidence.answers}
    return weigh(evidence, rules, now)


def _score(outcome: Outcome | None, counted: frozenset[Level]) -> int | None:
    return outcome.folded.score if outcome and outcome.folded.level in counted else None


def _naive(letter: Letter) -> int | None:
    """Believe the last rating that was opened, whoever opened it."""
    opened = [each for each in letter.traces if each.score is not None and each.visit.method != "HEAD"]
    return max(opened, key=lambda each: (each.at, each.hit_id)).score if opened else None


def _headline(scores: Iterable[tuple[Letter, int | None]]) -> Headline:
    pairs = list(scores)
    given = [(letter.said, score) for letter, score in pairs]
    counted = [(said, score) for said, score in given if score is not None]
    people = sum(said is not None for said, _ in given)
    return Headline(
        counted=len(counted),
        false=sum(said is None for said, _ in counted),
        wrong=sum(said is not None and said != score for said, score in counted),
        lost=sum(said is not None and score is None for said, score in given),
        rate=len(counted) / len(pairs) if pairs else 0.0,
        off=100 * (len(counted) - people) / len(pairs) if pairs else 0.0,
    )
