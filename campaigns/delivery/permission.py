"""Whether a letter may leave now: one column of guards, each with the reason everybody will read.

Asked for every letter before it is written, and once more where anything changed until the server is ready for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.catalog.definition import Hours
from campaigns.enrollment.eligibility import STALE_AFTER, Reason
from campaigns.enrollment.schedule import into_hours
from campaigns.enrollment.states import LEFT, MessageKind, MessageState

NEXT_LOOK = timedelta(minutes=1)  # at what holds a letter without ending it
STOPPED = "stopped"
HELD_OUT = "held_out"
INVITATION = "invitation_{}"  # and the state it is in, where that state forbids a reminder
INVITED = LEFT - {MessageState.BOUNCED, MessageState.COMPLAINED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that the permission for one letter may look at."""

    kind: MessageKind
    is_stopped: bool
    stop_reason: str
    has_address: bool
    suppression: str | None
    is_test: bool
    is_cancelled: bool
    is_refunded: bool
    stop_is_waiting: bool  # a cancellation or refund was accepted, but nobody has read it yet
    is_active: bool
    is_paused: bool
    planned_at: datetime | None
    closes_at: datetime | None
    invitation: MessageState | None  # of a reminder only
    is_held_out: bool
    last_letter_at: datetime | None  # to the same person, for another order
    is_beside_another: bool  # which is leaving at this moment
    stagger: timedelta  # what tells it from others that are held at once
    cooldown: timedelta
    hours: Hours
    zone: str


@dataclass(frozen=True, slots=True)
class Send:
    pass


@dataclass(frozen=True, slots=True)
class Cancel:
    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    until: datetime


Permission = Send | Cancel | Hold


def decide(standing: Standing, now: datetime) -> Permission:
    """Decide on one letter. What ends it comes first: nothing is held that will never leave."""
    if reason := _ended(standing, now) or _reminder_ended(standing) or _crowded_out(standing, now):
        return Cancel(reason)
    if standing.is_stopped:  # held: it waits for a judgement, however long that takes; time alone clears nobody
        return Hold(now + NEXT_LOOK)
    if standing.stop_is_waiting or not standing.is_active or standing.is_paused:
        return Hold(now + NEXT_LOOK)
    if standing.is_beside_another:
        return Hold(now + NEXT_LOOK + standing.stagger)
    opening = into_hours(max(now, _free_from(standing) or now), standing.hours, standing.zone)
    return Hold(opening) if opening > now else Send()


def expiry(kind: MessageKind, planned_at: datetime | None, closes_at: datetime | None) -> datetime | None:
    """Return the moment from which a letter would ask too late."""
    last = planned_at + STALE_AFTER if planned_at and kind is MessageKind.INVITATION else None
    return min((moment for moment in (last, closes_at) if moment), default=None)


def _ended(standing: Standing, now: datetime) -> str | None:
    if standing.is_stopped and standing.stop_reason != Reason.HELD:
        return standing.stop_reason or STOPPED
    if not standing.has_address:
        return standing.suppression or Reason.NO_ADDRESS
    if standing.suppression:
        return standing.suppression
    if standing.is_cancelled:
        return Reason.CANCELLED
    if standing.is_refunded:
        return Reason.REFUNDED
    if standing.is_test:
        return Reason.TEST_ORDER
    expires_at = expiry(standing.kind, standing.planned_at, standing.closes_at)
    if expires_at is not None and now >= expires_at:
        return Reason.TOO_OLD
    return None


def _free_from(standing: Standing) -> datetime | None:
    """Return when the cooldown after another letter is over. Planned apart, letters can come together
    where one was late: deferred, held by a pause, or sent to an address the shop corrected."""
    return standing.last_letter_at + standing.cooldown if standing.last_letter_at else None


def _crowded_out(standing: Standing, now: datetime) -> str | None:
    free, expires_at = _free_from(standing), expiry(standing.kind, standing.planned_at, standing.closes_at)
    if free is None or free <= now or expires_at is None or free < expires_at:
        return None
    return Reason.COOLDOWN


def _reminder_ended(standing: Standing) -> str | None:
    if standing.kind is not MessageKind.REMINDER:
        return None
    if standing.invitation not in INVITED:
        return INVITATION.format(standing.invitation or "missing")
    return HELD_OUT if standing.is_held_out else None
