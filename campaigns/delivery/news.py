"""News of a letter is taken once, and changes only what it may: late, repeated or reordered, it changes nothing.

Called within the caller's transaction, by whoever hears of letters: a bounce mail, a complaint, an ESP.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from sqlalchemy.orm import Session

from campaigns.audience.suppression import Block, SuppressionReason
from campaigns.delivery.blame import blame_content, blame_sender
from campaigns.delivery.consequence import WITHIN, Consequence, follows
from campaigns.delivery.doubt import leaving, plan_reminder
from campaigns.delivery.event import Event, Kind, News
from campaigns.delivery.news_item import early_items, keep_item, letters_like, no_longer_early
from campaigns.delivery.tracing import Letter, letter_with, person_at
from campaigns.enrollment.enrollment import get_enrollment
from campaigns.enrollment.message import move
from campaigns.enrollment.silence import hold_people, write_no_more
from campaigns.enrollment.states import MessageKind, MessageState
from campaigns.meters import count_news

log = logging.getLogger(__name__)

AT_ONCE = 200  # early news looked at in one transaction


class Taken(StrEnum):
    MOVED = "moved"  # the letter moved, or the person is written to no more
    REPEATED = "repeated"  # it was told before
    UNKNOWN = "unknown"  # of no letter and no person we know
    IGNORED = "ignored"  # kept, and nothing follows from it, or nothing any more
    EARLY = "early"  # kept; the letter moves as soon as its sender's book says that it left


@dataclass(frozen=True, slots=True)
class _About:
    """Whom and what an event is about."""

    merchant_id: int
    person: str | None
    letter: Letter | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the row of a letter that came back says of it."""

    kind: str
    code: int | None
    status: str

    @classmethod
    def of(cls, event: Event) -> Self:
        return cls(event.kind.value if event.kind else "", event.code, event.status)


def take(session: Session, event: Event, now: datetime) -> Taken:
    """Apply one event, whoever tells it; told again it is REPEATED."""
    count_news(event.source, event.news)
    about = _about(session, event)
    if about is None:
        return _say(event, Taken.UNKNOWN)
    letter = about.letter
    is_early = letter is not None and letter.state == MessageState.SENDING
    values = {"merchant_id": about.merchant_id, "fingerprint": about.person, "is_early": is_early}
    values |= {"message_id": letter.id, "campaign_id": letter.campaign_id} if letter else {}
    if keep_item(session, event, values, now) is None:
        return _say(event, Taken.REPEATED)
    result = _decide(session, event, about)
    is_new = _suppress(session, event, about, result.suppression, now)
    has_moved = letter is not None and _move(session, letter, Reply.of(event), result.state, now)
    if letter is not None and result.blames_sender:
        blame_sender(session, letter, event.status, now)
    if letter is not None and result.blames_content:
        blame_content(session, letter, now)
    if is_early and result.state is not None:
        return _say(event, Taken.EARLY)
    return _say(event, Taken.MOVED if has_moved or is_new else Taken.IGNORED)


def take_early(session: Session, now: datetime) -> int:
    """Move letters whose news came before their sender had written that they left; returns how many."""
    count = 0
    for item in early_items(session, AT_ONCE):
        letter = letter_with(session, item.message_id) if item.message_id else None
        if letter is not None and letter.state == MessageState.SENDING:
            continue
        state = follows(News(item.news), Kind(item.kind) if item.kind else None).state
        if no_longer_early(session, item.id) and letter is not None:
            count += _move(session, letter, Reply(item.kind, item.code, item.status), state, now)
    return count


def _about(session: Session, event: Event) -> _About | None:
    letter = letter_with(session, event.message_id) if event.message_id is not None else None
    if letter is not None and event.merchant_id in {None, letter.merchant_id}:
        return _About(letter.merchant_id, letter.fingerprint, letter)
    if event.merchant_id is None:
        return None
    person = person_at(event.merchant_id, event.address)
    # Of letters that are not ours only the end of an address is of use; whether they arrived is not our business.
    is_of_use = follows(event.news, event.kind).suppression is not None
    return _About(event.merchant_id, person, None) if person is not None and is_of_use else None


def _decide(session: Session, event: Event, about: _About) -> Consequence:
    if event.kind not in {Kind.DISABLED, Kind.UNKNOWN} or about.person is None:
        return follows(event.news, event.kind)
    hold_people(session, about.merchant_id, [about.person])  # or two that come back at once do not see each other
    letters = letters_like(session, about.merchant_id, about.person, event.kind, event.at - WITHIN)
    return follows(event.news, event.kind, letters)


def _suppress(session: Session, event: Event, about: _About, reason: SuppressionReason | None, now: datetime) -> bool:
    """Write no more to the person, and stop what is on its way to them; False where that was so."""
    if reason is None or about.person is None:
        return False
    block = Block(
        merchant_id=about.merchant_id,
        fingerprint=about.person,
        reason=reason,
        source=event.source,
        message_id=about.letter.id if about.letter else None,
    )
    return any(write_no_more(session, [block], now))


def _move(session: Session, letter: Letter, reply: Reply, state: MessageState | None, now: datetime) -> bool:
    """Move the letter where the table of moves allows it; a doubt is settled by what is said only of one that left."""
    if state is None:
        return False
    was_in_doubt = letter.state == MessageState.IN_DOUBT
    values = leaving(session, letter.merchant_id, letter.left_at) if was_in_doubt else {}
    if state is MessageState.BOUNCED:
        values |= {"reply_code": reply.code, "reply_status": reply.status[:12]}
    if not move(session, letter.id, state, now, reply.kind, **values):
        return False
    log.info("message %s %s", letter.id, state, extra={"message_id": letter.id})
    if was_in_doubt and state is MessageState.DELIVERED and letter.kind == MessageKind.INVITATION:
        plan_reminder(session, get_enrollment(session, letter.enrollment_id), letter.left_at, now)
    return True


def _say(event: Event, taken: Taken) -> Taken:
    log.info("news from %s, %s, of message %s: %s", event.source, event.news, event.message_id, taken)
    return taken
