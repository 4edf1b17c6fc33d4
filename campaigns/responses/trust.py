"""An answer counts as far as a person gave it; a suspicion sticks to a request and never locks anybody out.

Scanners open every link of a letter, some in a real browser that runs the page's script. The door
believes one request (`believe`); once its company is known, all are judged again (`judge`), and what they
come to is one response (folding.py). Each is given all it looks at, so it can be done again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.responses.folding import Folded, Given, fold
from campaigns.responses.signs.company import Company
from campaigns.responses.signs.fleet import in_fleet
from campaigns.responses.signs.reason import Judgement, Level, Reason, Sign, Suspicion
from campaigns.responses.signs.request import in_request
from campaigns.responses.signs.rules import RULES, Rules
from campaigns.responses.signs.timing import in_time
from campaigns.responses.signs.trace import Around, Trace, Visit

__all__ = ["Belief", "Folded", "Given", "Level", "Suspicion", "Visit", "believe", "fold", "judge"]

# Somebody who pressed a button has shown more than a browser's name, or a scanner beside them, can take back.
AGAINST_A_PRESS = frozenset({Suspicion.PREFETCH, Suspicion.WEBDRIVER, Suspicion.REJECTED})
# A thumb may wait where the button will be; two of them, on different scores, are no thumbs.
AGAINST_HASTE = frozenset({Suspicion.HASTY, Suspicion.BURST})
NOWHERE = Around()


@dataclass(frozen=True, slots=True)
class Belief:
    level: Level
    reasons: tuple[Suspicion, ...] = ()


def believe(visit: Visit, at: datetime | None = None, rules: Rules = RULES) -> Belief:
    """Say how far one request is believed by itself, and what speaks against it."""
    reasons = _weighed(in_request(visit, at, rules), visit.is_press, rules)
    level = Level.OBSERVED if visit.method != "POST" else _level(_claimed(visit), reasons, rules)
    return Belief(level, tuple(reason.code for reason in reasons))


def judge(traces: Iterable[Trace], around: Around = NOWHERE, rules: Rules = RULES) -> dict[int, Judgement]:
    """Say how far each answer to one enrollment is believed, given all visits to it, in whatever order they are told.

    The same visits give the same judgement, and a visit told twice is one.
    """
    in_order = sorted({each.hit_id: each for each in traces}.values(), key=lambda each: (each.at, each.hit_id))
    company = Company(in_order, rules)
    return {
        each.hit_id: _judge_one(each, [*company.signs(place), *in_time(each, around, rules)], around, rules)
        for place, each in enumerate(in_order)
        if each.is_answer
    }


def _judge_one(trace: Trace, signs: Sequence[Sign], around: Around, rules: Rules) -> Judgement:
    if trace.belief is not None:
        level, codes = trace.belief
        own: list[Sign] = [Sign(code) for code in codes]
        claimed = Level.CONFIRMED if level is Level.CONFIRMED else Level.PROVISIONAL
    else:
        level, claimed = Level.OBSERVED, _claimed(trace.visit)
        own = list(in_request(trace.visit, trace.at, rules))
    reasons = _weighed([*own, *signs, *in_fleet(trace, around, rules)], claimed is Level.CONFIRMED, rules)
    return Judgement(Level.SUSPECT if level is Level.SUSPECT else _level(claimed, reasons, rules), reasons)


def _claimed(visit: Visit) -> Level:
    return Level.PROVISIONAL if visit.claim is Level.PROVISIONAL else Level.CONFIRMED


def _weighed(signs: Iterable[Sign], is_press: bool, rules: Rules) -> tuple[Reason, ...]:
    """Weigh signs, each code once. Haste weighs less against a press."""
    weights = {**rules.weights, Suspicion.HASTY: rules.hasty_press} if is_press else rules.weights
    found = {sign.code: sign for sign in reversed(list(signs))}
    return tuple(Reason(code, weights[code], found[code].evidence) for code in Suspicion if code in found)


def _level(claimed: Level, reasons: Sequence[Reason], rules: Rules) -> Level:
    codes = {reason.code for reason in reasons}
    if claimed is Level.CONFIRMED:
        counted = AGAINST_A_PRESS | AGAINST_HASTE if Suspicion.HASTY in codes else AGAINST_A_PRESS
        reasons = [reason for reason in reasons if reason.code in counted]
    return Level.SUSPECT if sum(reason.weight for reason in reasons) >= rules.suspect_from else claimed
