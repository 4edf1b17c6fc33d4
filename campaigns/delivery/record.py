"""What became of letters is written for all of them at once, in one transaction, with all that follows from it."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from campaigns.clock import first_zone
from campaigns.delivery.blame import warn_of_sender
from campaigns.delivery.facts import Dossier
from campaigns.delivery.feedback import Meaning, meaning_of, next_try
from campaigns.delivery.kinds import is_authentication
from campaigns.delivery.permission import Cancel, Permission
from campaigns.delivery.refusals import Refusal, note_refusals
from campaigns.delivery.smtp.parcel import Fate
from campaigns.enrollment.enrollment import go_on_among, stop_all
from campaigns.enrollment.message import Plan, cancel_all_pending, plan_all
from campaigns.enrollment.schedule import into_hours
from campaigns.enrollment.sending import TRIED, put_off, settle
from campaigns.enrollment.states import MessageKind, MessageState

log = logging.getLogger(__name__)

COUNTED_AS = {Fate.TAKEN: "sent", Fate.NEVER: "failed", Fate.DOUBT: "in_doubt", Fate.LATER: "deferred"}
EXPIRED = "expired"  # deferred until it would have asked too late
UNWRITABLE = "unwritable"  # its template or its address cannot be made a letter


@dataclass(frozen=True, slots=True)
class Result:
    """What a server made of one letter."""

    dossier: Dossier
    fate: Fate
    relay_id: int | None
    code: int | None = None
    status: str = ""

    @property
    def numbers(self) -> tuple[tuple[str, Any], ...]:
        """The reply as the row keeps it; results with the same are written together."""
        return (("relay_id", self.relay_id), ("reply_code", self.code), ("reply_status", self.status[:12]))


def record(session: Session, results: Iterable[Result], lease: str, now: datetime) -> Counter[str]:
    """Write what servers said to letters of this lease, and count what became of them.

    Those it has lost meanwhile stay as they are.
    """
    by_fate: dict[Fate, list[Result]] = defaultdict(list)
    for result in results:
        by_fate[_fate(result)].append(result)
    # Before any enrollment is touched, as whoever else suppresses people does: or two would wait for each other.
    note_refusals(session, [Refusal(it.dossier, it.code, it.status) for it in by_fate[Fate.NEVER]], now)
    _sent(session, by_fate[Fate.TAKEN], lease, now)
    _doubted(session, by_fate[Fate.DOUBT], lease, now)
    _refused(session, by_fate[Fate.NEVER], lease, now)
    expired = _deferred(session, by_fate[Fate.LATER], lease, now)
    _warn(session, by_fate[Fate.LATER], now)
    counts = Counter({COUNTED_AS[fate]: len(found) for fate, found in by_fate.items()})
    counts.update({"failed": expired, "deferred": -expired})
    return counts


def _warn(session: Session, results: list[Result], now: datetime) -> None:
    """Tell merchants whose domain a server does not believe; their letters wait on the ladder meanwhile."""
    refused = {result.dossier.row.merchant_id: result.status for result in results if is_authentication(result.status)}
    for merchant_id, status in refused.items():
        warn_of_sender(session, merchant_id, status, None, now)


def withhold(session: Session, withheld: Iterable[tuple[Dossier, Permission]], lease: str, now: datetime) -> None:
    """Cancel or hold letters before they left; nothing was tried, so no try is counted."""
    reasons: dict[str, list[int]] = defaultdict(list)
    dues: dict[int, datetime] = {}
    for dossier, permission in withheld:
        if isinstance(permission, Cancel):
            reasons[permission.reason].append(dossier.id)
        else:
            dues[dossier.id] = getattr(permission, "until", now)
    for reason, ids in reasons.items():
        _say(settle(session, ids, lease, MessageState.CANCELLED, now, reason=str(reason)), "cancelled", reason)
    put_off(session, dues, lease, MessageState.SCHEDULED, now)


def fail(session: Session, dossiers: Sequence[Dossier], lease: str, now: datetime, reason: str, **values: Any) -> None:
    """Give letters up, and what would have followed them."""
    ids = [dossier.id for dossier in dossiers]
    failed = set(settle(session, ids, lease, MessageState.FAILED, now, reason=reason, **values, **TRIED))
    enrollments = [dossier.row.enrollment_id for dossier in dossiers if dossier.id in failed]
    stop_all(session, enrollments, reason, now)
    cancel_all_pending(session, enrollments, reason, now)
    _say(failed, "failed", reason)


def _fate(result: Result) -> Fate:
    """Return what follows for the letter: a refusal of the sender, or of an ill relay, is not the letter's end."""
    if result.fate is Fate.NEVER and _meaning(result) in {Meaning.LATER, Meaning.SENDER_REFUSED}:
        return Fate.LATER
    return Fate.LATER if result.fate in {Fate.SENDER_REFUSED, Fate.UNSERVED} else result.fate


def _meaning(result: Result) -> Meaning:
    if result.fate is Fate.NEVER and result.code is None:
        return Meaning.REFUSED  # by ourselves: this server could never take it
    return meaning_of(result.code, result.status)


def _sent(session: Session, results: list[Result], lease: str, now: datetime) -> None:
    groups: dict[tuple[str, tuple[tuple[str, Any], ...]], list[Result]] = defaultdict(list)
    for result in results:
        groups[result.dossier.merchant.timezone, result.numbers].append(result)
    for (zone, numbers), group in groups.items():
        ids = [result.dossier.id for result in group]
        left = {"sent_at": now, "sent_on": _day(now, zone), "reason": "", **dict(numbers), **TRIED}
        ours = set(settle(session, ids, lease, MessageState.SENT, now, **left))
        if len(ours) < len(ids):
            log.warning("%s letters left but are no longer this sender's", len(ids) - len(ours))
        plan_reminders(session, [result.dossier for result in group if result.dossier.id in ours], now)


def _doubted(session: Session, results: list[Result], lease: str, now: datetime) -> None:
    """The server may have these, so they are shown, and never sent again by themselves."""
    for result in results:
        doubted = settle(
            session, [result.dossier.id], lease, MessageState.IN_DOUBT, now, reason="", **dict(result.numbers), **TRIED
        )
        _say(doubted, "in doubt", "")


def _refused(session: Session, results: list[Result], lease: str, now: datetime) -> None:
    """Give letters up. What that says of their addresses is noted with all other news."""
    groups: dict[tuple[Meaning, tuple[tuple[str, Any], ...]], list[Dossier]] = defaultdict(list)
    for result in results:
        groups[_meaning(result), result.numbers].append(result.dossier)
    for (meaning, numbers), dossiers in groups.items():
        fail(session, dossiers, lease, now, str(meaning), **dict(numbers))


def _deferred(session: Session, results: list[Result], lease: str, now: datetime) -> int:
    """Try again later, further away each time; a letter that would then ask too late has failed. Returns how many."""
    groups: dict[tuple[tuple[str, Any], ...], dict[int, datetime]] = defaultdict(dict)
    expired: dict[tuple[tuple[str, Any], ...], list[Dossier]] = defaultdict(list)
    for result in results:
        dossier = result.dossier
        again = next_try(dossier.id, dossier.row.attempts + 1, now)
        if dossier.expires_at is not None and again >= dossier.expires_at:
            expired[result.numbers].append(dossier)
        else:
            groups[result.numbers][dossier.id] = again
    for numbers, dues in groups.items():
        put_off(session, dues, lease, MessageState.DEFERRED, now, reason="", **dict(numbers), **TRIED)
        _say(dues, "deferred", dict(numbers)["reply_code"])
    for numbers, dossiers in expired.items():
        fail(session, dossiers, lease, now, EXPIRED, **dict(numbers))
    return sum(map(len, expired.values()))


def plan_reminders(session: Session, dossiers: Sequence[Dossier], now: datetime) -> None:
    """Plan the one reminder of each invitation that left, where there is to be one and it would not come too late."""
    plans = [plan for dossier in dossiers if (plan := _reminder(dossier, now))]
    going_on = go_on_among(session, [plan.enrollment_id for plan in plans])
    plan_all(session, [plan for plan in plans if plan.enrollment_id in going_on], now)


def _reminder(dossier: Dossier, now: datetime) -> Plan | None:
    row, definition = dossier.row, dossier.definition
    if not dossier.is_invitation or definition.reminder_after is None or dossier.standing.is_held_out:
        return None
    due = _opening(now + definition.reminder_after, definition.hours, dossier.standing.zone)
    if row.closes_at is not None and due >= row.closes_at:
        return None
    return Plan(row.enrollment_id, row.merchant_id, MessageKind.REMINDER, due)


_opening = lru_cache(maxsize=1024)(into_hours)


@lru_cache(maxsize=256)
def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(first_zone(zone))).date()


def _say(ids: Iterable[int], what: str, why: object) -> None:
    for message_id in ids:
        log.info("message %s %s %s", message_id, what, why, extra={"message_id": message_id})
