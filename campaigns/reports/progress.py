"""How far each campaign's letters are: those of the last and the next 24 hours, found by indexes, and never more
than so many of each kind, so that looking costs the same at a thousand letters and at ten million.

In doubt are all there are, however old. What one look may count, and whether it stopped there, is said with it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from campaigns.catalog.campaign import Campaign, CampaignState
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import DUE, LEASED, UNSENT, Message
from campaigns.enrollment.sending import merchants_with_due
from campaigns.enrollment.states import MessageState
from campaigns.merchants.merchant import Merchant
from campaigns.reports.backlog import Backlog, backlog

MOST = 50_000  # letters of one kind that one look counts
MOST_MERCHANTS = 20  # in a view of all; those at work come first
WINDOW = timedelta(hours=24)
LATELY = timedelta(seconds=10)
A_ZONE = timedelta(days=1)  # the day a letter left is the merchant's
LATER, DUE_NOW = "scheduled", "due"
WAITING = (LATER, DUE_NOW, MessageState.DEFERRED)
WORDS: tuple[str, ...] = (MessageState.SENT, MessageState.SENDING, DUE_NOW, MessageState.DEFERRED, LATER)
WORDS += (MessageState.IN_DOUBT, MessageState.FAILED, MessageState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignProgress:
    campaign_id: int
    merchant_id: int
    name: str
    is_paused: bool
    letters: Mapping[str, int]  # one of WORDS → how many

    @property
    def total(self) -> int:
        """All letters that left, will leave or should have."""
        return sum(number for word, number in self.letters.items() if word != MessageState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    at: datetime
    campaigns: tuple[CampaignProgress, ...]  # the busiest first
    backlog: Backlog
    is_cut: bool  # there is more of something than was counted
    letters_per_second: float | None  # of the merchants looked at, lately; None where there were too many to look


def progress(session: Session, now: datetime, merchant_id: int | None = None, most: int = MOST) -> Progress:
    """Look at one merchant's campaigns or at those of several, in a constant number of queries."""
    merchants = _merchants(session, now) if merchant_id is None else [merchant_id]
    letters: dict[int, Counter[str]] = defaultdict(Counter)
    lately = 0
    for campaign_id, word, number, fresh in session.execute(_counts(merchants, now, most)):
        letters[campaign_id][word] += number
        lately += fresh
    totals = sum(letters.values(), Counter())
    are_all_sent_counted = totals[MessageState.SENT] < most
    found = select(Campaign).where(Campaign.id.in_(letters) | Campaign.merchant_id.in_(merchants))
    campaigns = [_of(campaign, letters[campaign.id]) for campaign in session.scalars(found)]
    return Progress(
        at=now,
        campaigns=tuple(sorted(campaigns, key=_busy)),
        backlog=backlog(session, now, merchant_id),
        is_cut=sum(totals[word] for word in WAITING) >= most or any(number >= most for number in totals.values()),
        letters_per_second=lately / LATELY.total_seconds() if are_all_sent_counted else None,
    )


def _merchants(session: Session, now: datetime) -> list[int]:
    sending = select(Message.merchant_id).where(LEASED, Message.state == MessageState.SENDING).limit(MOST).subquery()
    at_work = [*session.scalars(select(sending.c.merchant_id).distinct()), *merchants_with_due(session, now)]
    others = session.scalars(select(Merchant.id).order_by(Merchant.id).limit(MOST_MERCHANTS))
    return list(dict.fromkeys([*at_work, *others]))[:MOST_MERCHANTS]


def _counts(merchants: list[int], now: datetime, most: int) -> Select[Any]:
    """Count letters by campaign and what is with them, each kind by its own index."""
    of, ago = Message.merchant_id.in_(merchants), now - WINDOW
    waiting = case((Message.state == MessageState.DEFERRED, "deferred"), (Message.due_at <= now, DUE_NOW), else_=LATER)
    fresh = case((Message.sent_at >= now - LATELY, 1), else_=0)
    left = (Message.sent_on >= (ago - A_ZONE).date(), Message.sent_at >= ago)
    ended = Message.state.in_([MessageState.FAILED, MessageState.CANCELLED])
    kinds = [
        _kind(waiting).where(of, DUE, Message.due_at <= now + WINDOW),
        _kind(literal("sending")).where(LEASED, Message.state == MessageState.SENDING),
        _kind(literal("sent"), fresh).where(of, *left),
        _kind(Message.state).where(of, UNSENT, ended, Message.updated_at >= ago),
        _kind(Message.state).where(of, UNSENT, Message.state == MessageState.IN_DOUBT),
    ]
    cut = [kind.limit(most).subquery() for kind in kinds]
    letter = union_all(*(select(each.c.enrollment_id, each.c.word, each.c.fresh) for each in cut)).subquery()
    columns = (Enrollment.campaign_id, letter.c.word, func.count(), func.sum(letter.c.fresh))
    query = select(*columns).join(Enrollment, Enrollment.id == letter.c.enrollment_id)
    # Those sending are few, and found by their lease: of all merchants, until here.
    mine = query.where(Enrollment.merchant_id.in_(merchants))
    return mine.group_by(Enrollment.campaign_id, letter.c.word)


def _kind(word: Any, fresh: Any = None) -> Select[Any]:
    fresh = literal(0) if fresh is None else fresh
    return select(Message.enrollment_id.label("enrollment_id"), word.label("word"), fresh.label("fresh"))


def _of(campaign: Campaign, letters: Counter[str]) -> CampaignProgress:
    return CampaignProgress(
        campaign_id=campaign.id,
        merchant_id=campaign.merchant_id,
        name=campaign.name,
        is_paused=campaign.state == CampaignState.PAUSED,
        letters={word: letters[word] for word in WORDS},
    )


def _busy(campaign: CampaignProgress) -> tuple[int, int, int]:
    at_work = campaign.letters[MessageState.SENDING] + campaign.letters[DUE_NOW]
    return -at_work, -campaign.total, campaign.campaign_id
