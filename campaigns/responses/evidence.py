"""Gathers all that is known of the visits to some enrollments, in the same few queries for any number of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns.among import among
from campaigns.audience.contact import Contact
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.responses.hit import Hit, HitKind
from campaigns.responses.ruling import Verdict, rulings_on
from campaigns.responses.signs.reason import Level, Suspicion
from campaigns.responses.signs.rules import Rules
from campaigns.responses.signs.trace import Around, Trace, visit_again

SAMPLE = 200  # visits of a network that are looked at for the domains it was seen at: three are enough to know
MOST_DOMAINS = 10  # counted


@dataclass(slots=True)
class Evidence:
    """What the rules look at for one enrollment."""

    traces: list[Trace] = field(default_factory=list)
    sent_at: dict[int, datetime] = field(default_factory=dict)
    domains: dict[int, int] = field(default_factory=dict)
    rulings: list[tuple[int, Verdict]] = field(default_factory=list)
    unfolded: list[int] = field(default_factory=list)  # answers that are in no response yet
    counted: dict[int, int] = field(default_factory=dict)  # of the domains, what no hit keeps yet

    @property
    def around(self) -> Around:
        return Around(sent_at=self.sent_at, domains=self.domains)

    @property
    def answers(self) -> list[Trace]:
        return [trace for trace in self.traces if trace.is_answer]


_HITS = select(
    *(Hit.id, Hit.enrollment_id, Hit.message_id, Hit.kind, Hit.link, Hit.method, Hit.level, Hit.reasons, Hit.score),
    *(Hit.answers, Hit.user_agent, Hit.at, Hit.folded_at, Hit.facts, Hit.network, Hit.network_number, Hit.domains),
)
_HITS = _HITS.where(among(Hit.enrollment_id, "ids"), Hit.kind != HitKind.WITHDRAWN).order_by(Hit.id)
_SENT = select(Message.enrollment_id, Message.id, Message.sent_at)
_SENT = _SENT.where(among(Message.enrollment_id, "ids"))
_VISITED = (
    select(Hit.enrollment_id)
    .where(Hit.network == bindparam("network"), Hit.at >= bindparam("since"), Hit.at <= bindparam("until"))
    .order_by(Hit.at)
    .limit(SAMPLE)
    .subquery()
)
_ADDRESSES = (
    select(Contact.email)
    .join(Enrollment, Enrollment.contact_id == Contact.id)
    .where(Enrollment.id.in_(select(_VISITED.c.enrollment_id)), Contact.email.is_not(None))
)


def gather(session: Session, enrollment_ids: Collection[int], rules: Rules) -> Mapping[int, Evidence]:
    """Return the evidence on each enrollment."""
    found: dict[int, Evidence] = defaultdict(Evidence)
    for row in session.connection().execute(_HITS, {"ids": enrollment_ids}).all():
        evidence = found[row.enrollment_id]
        trace = _trace(row)
        evidence.traces.append(trace)
        if trace.is_answer and row.folded_at is None:
            evidence.unfolded.append(trace.hit_id)
        if row.domains is not None:
            evidence.domains[trace.hit_id] = row.domains
        elif row.network is not None and trace.is_answer and not trace.visit.is_press:
            count = domains_of(session, row.network, row.at, rules.fanout_within)
            evidence.domains[trace.hit_id] = evidence.counted[trace.hit_id] = count
    for enrollment_id, message_id, sent_at in session.connection().execute(_SENT, {"ids": enrollment_ids}).all():
        if sent_at is not None:
            found[enrollment_id].sent_at[message_id] = sent_at
    for enrollment_id, rulings in rulings_on(session, enrollment_ids).items():
        found[enrollment_id].rulings = rulings
    return found


def domains_of(session: Session, network: str, at: datetime, within: timedelta) -> int:
    """Count at how many recipients' domains a network was seen around a moment, as far as a sample shows."""
    values = {"network": network, "since": at - within, "until": at + within}
    addresses = session.connection().scalars(_ADDRESSES, values).all()
    return min(MOST_DOMAINS, len({address.rpartition("@")[2] for address in addresses if address}))


def _trace(row: Any) -> Trace:
    network = row.network or (f"number {row.network_number}" if row.network_number else "")
    belief = None
    if row.facts is None:
        belief = Level(row.level), tuple(Suspicion(code) for code in row.reasons)
    return Trace(
        hit_id=row.id,
        message_id=row.message_id,
        link=row.link,
        is_answer=row.kind == HitKind.ANSWER,
        score=row.score,
        answers=row.answers,
        at=row.at,
        visit=visit_again(row.method, row.user_agent, row.facts or {}, network),
        belief=belief,
    )
