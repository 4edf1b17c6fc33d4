"""Whom we did not ask and why, and what became of the letters that were to go."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.enrollment.enrollment import Enrollment, Verdict
from campaigns.enrollment.message import Message
from campaigns.enrollment.states import MessageKind, MessageState
from campaigns.reports.words import because


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """What became of a campaign's letters."""

    invitations: Mapping[str, int] = field(default_factory=dict)  # state → how many
    reminders: Mapping[str, int] = field(default_factory=dict)

    @property
    def in_doubt(self) -> int:
        return self.invitations.get(MessageState.IN_DOUBT, 0) + self.reminders.get(MessageState.IN_DOUBT, 0)


def not_asked(session: Session, merchant_id: int) -> dict[int, list[tuple[str, int]]]:
    """Return for each campaign why purchases were not asked and how many, the commonest first.

    Decided against at once, or cancelled before the letter left: to the customer it is the same.
    """
    skipped = select(Enrollment.campaign_id, Enrollment.reason, func.count()).where(
        Enrollment.merchant_id == merchant_id, Enrollment.verdict == Verdict.SKIPPED
    )
    cancelled = (
        select(Enrollment.campaign_id, Message.reason, func.count())
        .join(Message, Message.enrollment_id == Enrollment.id)
        .where(
            Enrollment.merchant_id == merchant_id,
            Message.kind == MessageKind.INVITATION,
            Message.state == MessageState.CANCELLED,
        )
    )
    causes: dict[int, Counter[str]] = defaultdict(Counter)
    for query, reason in ((skipped, Enrollment.reason), (cancelled, Message.reason)):
        for campaign_id, why, number in session.execute(query.group_by(Enrollment.campaign_id, reason)):
            causes[campaign_id][because(why)] += number
    return {campaign_id: counter.most_common() for campaign_id, counter in causes.items()}


def fates(session: Session, merchant_id: int) -> dict[int, Fates]:
    """Return what became of each campaign's letters."""
    keys = (Enrollment.campaign_id, Message.kind, Message.state)
    query = select(*keys, func.count()).join(Message, Message.enrollment_id == Enrollment.id)
    found: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for campaign_id, kind, state, number in session.execute(
        query.where(Enrollment.merchant_id == merchant_id).group_by(*keys)
    ):
        found[campaign_id][kind][state] = number
    return {
        campaign_id: Fates(invitations=kinds[MessageKind.INVITATION], reminders=kinds[MessageKind.REMINDER])
        for campaign_id, kinds in found.items()
    }
