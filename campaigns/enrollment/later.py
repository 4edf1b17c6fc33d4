"""When somebody cannot answer yet they are asked later, never more often: one invitation and one reminder it stays."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.catalog.definition import Hours
from campaigns.enrollment.eligibility import Reason
from campaigns.enrollment.schedule import into_hours
from campaigns.enrollment.states import PENDING, MessageState

PUT_OFF = timedelta(days=5)  # from the moment they say so
STAYS_OPEN = timedelta(days=7)  # after the day they are asked again


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """All that may be looked at when somebody says that it is too early."""

    invitation: MessageState | None
    reminder: MessageState | None  # None: there is no such letter
    reminder_due_at: datetime | None
    reminder_reason: str  # why it was cancelled, where it was
    may_remind: bool  # neither held out nor forbidden by the cooldown
    stop_reason: str  # "" while the enrollment goes on
    closes_at: datetime | None
    hours: Hours
    zone: str


@dataclass(frozen=True, slots=True)
class Later:
    """What follows: when the reminder leaves, None where no letter may follow, and how long the link stays open."""

    due_at: datetime | None
    closes_at: datetime | None


def ask_later(waiting: Waiting, now: datetime) -> Later:
    moment = now + PUT_OFF
    due = None
    if _may_follow(waiting):
        due = into_hours(max(moment, waiting.reminder_due_at or moment), waiting.hours, waiting.zone)
    if waiting.closes_at is None:
        return Later(due, None)
    return Later(due, max(waiting.closes_at, (due or moment) + STAYS_OPEN))


def _may_follow(waiting: Waiting) -> bool:
    """Whether the one reminder is still to come, or there was to be none and this takes its place.

    A click in the letter may have been told as an answer a moment before, which cancelled the
    reminder: who then says that it is too early asks for it back.
    """
    if not waiting.may_remind or waiting.stop_reason not in {"", Reason.ANSWERED, Reason.HELD}:
        return False
    if waiting.invitation not in {MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED}:
        return False
    if waiting.reminder is MessageState.CANCELLED:
        return waiting.reminder_reason == Reason.ANSWERED
    return waiting.reminder is None or waiting.reminder in PENDING
