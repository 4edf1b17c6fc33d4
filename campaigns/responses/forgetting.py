"""By what networks were told apart is forgotten within the hour; what it showed by then is kept as numbers."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from campaigns.among import among
from campaigns.responses.evidence import domains_of
from campaigns.responses.hit import WITH_NETWORK, Hit, HitKind, keep_domains
from campaigns.responses.signs.reason import Level
from campaigns.responses.signs.rules import RULES

AT_ONCE = 500
KEPT_FOR = RULES.hold + RULES.fanout_within
_DUE = select(Hit.id, Hit.enrollment_id, Hit.network, Hit.kind, Hit.level, Hit.at, Hit.domains).where(
    WITH_NETWORK, Hit.at < bindparam("before")
)
_NUMBERED = (
    select(Hit.enrollment_id, func.max(Hit.network_number))
    .where(among(Hit.enrollment_id, "ids"))
    .group_by(Hit.enrollment_id)
)
_FORGETTING = update(Hit).where(Hit.id == bindparam("it"))
_FORGETTING = _FORGETTING.values(network=None, client="", network_number=bindparam("number"))


def forget_some(session: Session, now: datetime) -> int:
    """Forget the networks of some visits that are old enough; returns how many, 0 where none is left.

    Within an enrollment they stay apart by number, and one visit keeps how many domains its network was at.
    """
    due = session.connection().execute(_DUE.limit(AT_ONCE), {"before": now - KEPT_FOR}).all()
    if not due:
        return 0
    ids = {row.enrollment_id for row in due}
    last = {row[0]: row[1] or 0 for row in session.connection().execute(_NUMBERED, {"ids": ids}).all()}
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    rows: list[dict[str, Any]] = []
    within = RULES.fanout_within
    unjudged = [row for row in due if _is_judged_by_them(row)]
    keep_domains(session, {row.id: domains_of(session, row.network, row.at, within) for row in unjudged})
    for row in sorted(due, key=lambda each: (each.at, each.id)):
        known = numbers[row.enrollment_id]
        number = known.setdefault(row.network, last.get(row.enrollment_id, 0) + len(known) + 1)
        rows.append({"it": row.id, "number": number})
    session.connection().execute(_FORGETTING, rows)
    return len(rows)


def _is_judged_by_them(row: Any) -> bool:
    """Whether an answer that a page told by itself was left unjudged until now."""
    return row.domains is None and row.kind == HitKind.ANSWER and row.level != Level.CONFIRMED
