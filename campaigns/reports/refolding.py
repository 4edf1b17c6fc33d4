"""History judged again by changed rules: what would be different, enrollment by enrollment, before anything is kept."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from campaigns.catalog.campaign import Campaign
from campaigns.catalog.definition import Trust
from campaigns.enrollment.enrollment import Enrollment
from campaigns.house import House
from campaigns.reports.counting import Scope, flags, in_scope
from campaigns.reports.metrics import share
from campaigns.responses.answering import lock_enrollment
from campaigns.responses.evidence import gather
from campaigns.responses.folding import Outcome
from campaigns.responses.response import Response, ResponseStatus
from campaigns.responses.rule_book import keep_rules
from campaigns.responses.signs.reason import Level
from campaigns.responses.signs.rules import Rules
from campaigns.responses.weighing import follow, record, weigh

AT_ONCE = 200
HELD = "held"  # provisional, and in its hold still
Progress = Callable[[int, int], object]  # how many of how many are done


@dataclass(slots=True)
class Difference:
    """How many answers change from what to what, and what that makes of the headline."""

    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    eligible: int = 0
    before: int = 0
    after: int = 0

    def as_json(self) -> dict[str, Any]:
        changed = [{"from": old, "to": new, "answers": n} for (old, new), n in sorted(self.moves.items()) if old != new]
        same = sum(n for (old, new), n in self.moves.items() if old == new)
        return {"changes": changed, "same": same, "before": self._rate(self.before), "after": self._rate(self.after)}

    def _rate(self, responses: int) -> dict[str, Any]:
        estimate = share(responses, self.eligible)
        figures = {"rate": estimate.value, "low": estimate.low, "high": estimate.high} if estimate else {}
        return {"responses": responses, "eligible": self.eligible, **figures}


def difference(house: House, campaign: Campaign, rules: Rules, now: datetime, progress: Progress) -> Difference:
    """Judge every answer to a campaign anew, and say what would change; nothing is written."""
    found = Difference()
    with house.database.reading() as session:
        scope = Scope(merchant_id=campaign.merchant_id, now=now, campaign_id=campaign.id)
        rows = _rows(session, scope)
        found.eligible = sum(row.eligible for row in rows)
        answered = [row for row in rows if row.level is not None]
        for first in range(0, len(answered), AT_ONCE):
            batch = answered[first : first + AT_ONCE]
            evidence = gather(session, [row.id for row in batch], rules)
            for row in batch:
                outcome = weigh(evidence[row.id], rules, now)
                _compare(found, row, outcome, Trust(campaign.trust))
            progress(first + len(batch), len(answered))
    return found


def keep(house: House, campaign: Campaign, rules: Rules, said: dict[str, Any] | None, now: datetime) -> int:
    """Store what every answer to a campaign comes to under these rules, which are in force from then on.

    Whoever answered after all is asked no more; nobody is asked who was not going to be.
    """
    with house.database.transaction() as session:
        if said is not None:
            keep_rules(session, campaign, rules, said, now)
        scope = Scope(merchant_id=campaign.merchant_id, now=now, campaign_id=campaign.id)
        enrollment_ids = [row.id for row in _rows(session, scope) if row.level is not None]
    firsts = range(0, len(enrollment_ids), AT_ONCE)
    return sum(_keep_some(house, enrollment_ids[first : first + AT_ONCE], rules, now) for first in firsts)


def _keep_some(house: House, enrollment_ids: list[int], rules: Rules, now: datetime) -> int:
    count = 0
    with house.database.transaction() as session:
        enrollments = {each: lock_enrollment(session, each) for each in sorted(enrollment_ids)}
        evidence = gather(session, enrollment_ids, rules)
        for enrollment_id, enrollment in enrollments.items():
            outcome = weigh(evidence[enrollment_id], rules, now)
            if outcome is not None:
                record(session, enrollment, outcome, rules, now)
                follow(session, enrollment, outcome, now, may_go_on=False)
                count += 1
    return count


def _rows(session: Session, scope: Scope) -> list[Any]:
    known = flags(scope.now)
    columns = [
        *(Enrollment.id, Response.level, Response.matured_at, Response.status),
        *(known[name].label(name) for name in ("eligible", "responses")),
    ]
    return list(session.execute(in_scope(session, columns, scope).order_by(Enrollment.id)).all())


def _compare(found: Difference, row: Any, outcome: Outcome | None, trust: Trust) -> None:
    old = _name(row.level, row.matured_at)
    new = _name(outcome.folded.level, outcome.matured_at) if outcome else old
    found.moves[old, new] += 1
    found.before += row.responses
    counts = new == Level.CONFIRMED or (new == Level.PROVISIONAL and trust is Trust.BALANCED)
    is_there = row.eligible and row.status != ResponseStatus.WITHDRAWN
    found.after += row.responses if outcome is None else bool(counts and is_there)


def _name(level: str, matured_at: datetime | None) -> str:
    return HELD if level == Level.PROVISIONAL and matured_at is None else str(level)


def lines(found: Difference) -> Iterator[str]:
    """Tell a difference to a person."""
    told = found.as_json()
    for change in told["changes"]:
        yield f"{change['answers']:,} answers go from {change['from']} to {change['to']}."
    yield f"{told['same']:,} answers stay as they are."
    for name in ("before", "after"):
        figures = told[name]
        rate = f"{figures['rate']:.1%}" if "rate" in figures else "no rate"
        yield f"{name.capitalize()}: {rate}, {figures['responses']:,} of {figures['eligible']:,} asked answered."
