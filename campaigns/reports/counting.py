"""Who counts as asked and as answered: the same few conditions for every figure there is.

- *Eligible*, the denominator, is everybody we tried to ask: enrollments whose invitation came to an
  end of any kind, also a bounce, a refusal or a doubt (AAPOR's response rate 2). Cancelled before
  it left: not eligible. Planned, deferred or on its way: still to come.
- *Sent*: a server took the invitation; an answer to it proves as much.
- *Delivered*: sent, and not bounced.
- *Clicked*: a rating was opened, by whomever; what a tool reports that believes every click.
- *Responses*: answers a person confirmed, and, unless the campaign trusts strictly, one-click
  answers that stood for fifteen minutes without suspicion; never suspects, nor what was withdrawn.
- *Confirmed*: the responses among them that a person confirmed.
- *Provisional* and *suspect*: one-click answers, counted among the responses or not, and answers
  that something speaks against.
- *Invitation* and *reminder*: each response belongs to the letter that first brought it, and is set
  against the letters of that kind that left.

Each of an enrollment's invitation, reminder, response and purchase exists at most once, so joining
them multiplies nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from campaigns.catalog.campaign import Campaign
from campaigns.catalog.definition import Trust
from campaigns.enrollment.enrollment import Enrollment, Verdict
from campaigns.enrollment.message import Message
from campaigns.enrollment.states import LEFT, MessageKind, MessageState
from campaigns.intake.purchase import Purchase
from campaigns.merchants.merchant import get_merchant
from campaigns.responses.hit import Hit, LinkName
from campaigns.responses.response import Response, ResponseStatus
from campaigns.responses.trust import Level

TRIED = LEFT | {MessageState.FAILED, MessageState.IN_DOUBT}
TO_COME = frozenset({MessageState.SCHEDULED, MessageState.DEFERRED, MessageState.SENDING})

Invitation = aliased(Message)
Reminder = aliased(Message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose figures, and of which letters."""

    merchant_id: int
    now: datetime
    campaign_id: int | None = None
    since: date | None = None  # the first day of sending, in the merchant's zone
    is_closed: bool = False  # only those whose survey can be answered no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many enrollments are what; sums of these are counts again, for disjoint enrollments."""

    eligible: int = 0
    to_come: int = 0
    sent: int = 0
    delivered: int = 0
    responses: int = 0
    confirmed: int = 0
    by_invitation: int = 0
    reminded: int = 0
    by_reminder: int = 0
    clicked: int = 0
    provisional: int = 0
    suspect: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in Counts.__slots__})


def counted(now: datetime) -> ColumnElement[bool]:
    """Whether a response counts, by what its campaign trusts."""
    # Whoever asks what will count by then, or before a worker came, is told what does if nothing more comes to light.
    will_have = and_(Response.matured_at.is_(None), Response.look_again_at <= now)
    stood = and_(Response.level == Level.PROVISIONAL, or_(Response.matured_at <= now, will_have))
    is_trusted = or_(Response.level == Level.CONFIRMED, and_(stood, Campaign.trust == Trust.BALANCED))
    return and_(_stays(), is_trusted)


def flags(now: datetime) -> dict[str, ColumnElement[int]]:
    """Return what each enrollment is, as 1 or 0, by the names of Counts."""
    answers = counted(now)
    by_invitation = and_(answers, Response.message_id == Invitation.id)
    by_reminder = and_(answers, Response.message_id == Reminder.id)
    sent = or_(Invitation.state.in_(LEFT), by_invitation)
    conditions = {
        "eligible": Invitation.state.in_(TRIED),
        "to_come": Invitation.state.in_(TO_COME),
        "sent": sent,
        "delivered": and_(sent, Invitation.state != MessageState.BOUNCED),
        "responses": answers,
        "confirmed": and_(answers, Response.level == Level.CONFIRMED),
        "by_invitation": by_invitation,
        "reminded": or_(Reminder.state.in_(LEFT), by_reminder),
        "by_reminder": by_reminder,
        "clicked": and_(Invitation.state.in_(TRIED), or_(_was_opened(), Response.id.is_not(None))),
        "provisional": and_(_stays(), Response.level == Level.PROVISIONAL),
        "suspect": and_(_stays(), Response.level == Level.SUSPECT),
    }
    return {name: case((condition, 1), else_=0) for name, condition in conditions.items()}


def _stays() -> ColumnElement[bool]:
    return and_(Invitation.state.in_(TRIED), Response.status != ResponseStatus.WITHDRAWN)


def _was_opened() -> ColumnElement[bool]:
    """Whether anybody opened a rating or the survey; a HEAD opens nothing."""
    opened = Hit.link.in_([LinkName.RATE, LinkName.SURVEY])
    return exists().where(Hit.enrollment_id == Enrollment.id, opened, Hit.method != "HEAD")


def in_scope(session: Session, columns: list[Any], scope: Scope) -> Select[Any]:
    """Select columns of the enrolled in a scope, one row for each."""
    reminder = and_(Reminder.enrollment_id == Enrollment.id, Reminder.kind == MessageKind.REMINDER)
    query = (
        select(*columns)
        .select_from(Enrollment)
        .join(Invitation, and_(Invitation.enrollment_id == Enrollment.id, Invitation.kind == MessageKind.INVITATION))
        .join(Campaign, Campaign.id == Enrollment.campaign_id)
        .join(Purchase, Purchase.id == Enrollment.purchase_id)
        .outerjoin(Reminder, reminder)
        .outerjoin(Response, Response.enrollment_id == Enrollment.id)
        .where(Enrollment.merchant_id == scope.merchant_id, Enrollment.verdict == Verdict.ENROLLED)
    )
    if scope.campaign_id is not None:
        query = query.where(Enrollment.campaign_id == scope.campaign_id)
    if scope.since is not None:
        query = query.where(_sent_since(session, scope.merchant_id, scope.since))
    if scope.is_closed:
        query = query.where(Enrollment.closes_at <= scope.now)
    return query


def _sent_since(session: Session, merchant_id: int, since: date) -> ColumnElement[bool]:
    """A letter that was refused or is in doubt has no day of leaving; the day it was due stands in,
    or leaving the failures out would flatter every rate."""
    zone = ZoneInfo(get_merchant(session, merchant_id).timezone)
    midnight = datetime.combine(since, time.min, zone)
    return or_(Invitation.sent_on >= since, and_(Invitation.sent_on.is_(None), Invitation.due_at >= midnight))


def count_by(session: Session, keys: list[InstrumentedAttribute[Any]], scope: Scope) -> dict[tuple[Any, ...], Counts]:
    """Count a scope by the values of some columns, in one query."""
    sums = [func.sum(flag).label(name) for name, flag in flags(scope.now).items()]
    query = in_scope(session, [*keys, *sums], scope).group_by(*keys)
    return {
        tuple(row[: len(keys)]): Counts(**dict(zip(Counts.__slots__, map(int, row[len(keys) :]), strict=True)))
        for row in session.execute(query)
    }
