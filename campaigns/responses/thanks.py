"""Who answered is thanked as offered when they were enrolled: once, when the answer counts, at every score alike."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from campaigns.catalog.survey import Texts, say
from campaigns.catalog.thanks import Deliver, Offer, Review
from campaigns.catalog.thanks import Incentive as Offered
from campaigns.catalog.version import get_version
from campaigns.languages import speak
from campaigns.responses.asked import Asked
from campaigns.responses.incentive import (
    Incentive,
    IncentiveState,
    find_incentive,
    hold_incentive,
    move,
    order_incentive,
    release,
)
from campaigns.responses.pool import code_of
from campaigns.responses.trust import Folded, Level
from campaigns.vault import Vault

HOLD = timedelta(minutes=15)  # an answer nobody confirmed counts once it stood that long
MOST_REMEMBERED = 1_000  # offers
ON_THE_PAGE = frozenset(
    {IncentiveState.SHOWN, IncentiveState.IN_DOUBT, IncentiveState.FAILED, IncentiveState.WITHHELD}
)  # what did not surely arrive by mail is found here


class Gift(StrEnum):
    NONE = "none"
    PENDING = "pending"  # the answer does not count yet, or the pool is empty
    MAILED = "mailed"  # it comes, or came, by mail
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    lang: str  # "" where it is the page's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Thanks:
    """What a thank-you page shows besides its thanks."""

    gift: Gift = Gift.NONE
    code: str = ""
    words: Words = Words("", "")
    conditions: Words = Words("", "")
    until: date | None = None
    reviews: tuple[Review, ...] = ()

    @property
    def is_personal(self) -> bool:
        """Whether a page with this on it is one person's, and must not be shown to another."""
        return self.gift is not Gift.NONE


class Offers:
    """Knows what versions of campaigns offer; a version never changes."""

    def __init__(self) -> None:
        self._known: dict[int, Offer] = {}

    def known(self, version_id: int) -> Offer | None:
        return self._known.get(version_id)

    def get(self, session: Session, version_id: int) -> Offer:
        found = self._known.get(version_id)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[version_id] = get_version(session, version_id).definition.thanks
        return found


def counts_from(level: Level, answered_at: datetime) -> datetime | None:
    """Return since when an answer counts, a moment to come perhaps; None where it does not."""
    if level is Level.CONFIRMED:
        return answered_at
    return answered_at + HOLD if level is Level.PROVISIONAL else None


def local_day(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def thanks_for(
    session: Session, vault: Vault, offer: Offer, asked: Asked, so_far: Folded | None, now: datetime
) -> Thanks:
    """Return what to show to somebody whose answers come to `so_far`; releases what is due to be shown.

    The transaction must be one that may write wherever `needs_release` says so.
    """
    if offer.incentive is None or so_far is None:
        return Thanks(reviews=offer.reviews)
    incentive = find_incentive(session, asked.enrollment_id)
    if needs_release(offer.incentive, incentive, so_far, now):
        incentive = _released(session, offer.incentive, asked, now)
    return _thanks(session, vault, offer, incentive, asked)


def needs_release(offered: Offered, incentive: Incentive | None, so_far: Folded, now: datetime) -> bool:
    """Whether a look at the page is what this person's incentive waits for."""
    since = counts_from(so_far.level, so_far.at)
    if offered.deliver is not Deliver.PAGE or since is None or since > now:
        return False
    return incentive is None or incentive.state in {IncentiveState.WAITING, IncentiveState.EMPTY}


def _released(session: Session, offered: Offered, asked: Asked, now: datetime) -> Incentive:
    owner = {"merchant_id": asked.merchant_id, "enrollment_id": asked.enrollment_id, "version_id": asked.version_id}
    order_incentive(session, owner, offered.pool, None, now)
    incentive = hold_incentive(session, asked.enrollment_id)
    if incentive.state in {IncentiveState.WAITING, IncentiveState.EMPTY}:
        if offered.is_over(local_day(now, asked.timezone)):
            move(incentive, IncentiveState.LAPSED, now)
        else:
            release(session, incentive, offered, now)
        session.flush()
    return incentive


def _thanks(session: Session, vault: Vault, offer: Offer, incentive: Incentive | None, asked: Asked) -> Thanks:
    offered = offer.incentive
    if offered is None or (incentive is not None and incentive.state == IncentiveState.LAPSED):
        return Thanks(reviews=offer.reviews)
    gift, tag = _gift(offered, incentive), speak(asked.locale).tag
    return Thanks(
        gift=gift,
        code=(offered.code or code_of(session, vault, incentive.id)) if incentive and gift is Gift.SHOWN else "",
        words=said(offered.text, tag),
        conditions=said(offered.conditions, tag),
        until=offered.until,
        reviews=offer.reviews,
    )


def _gift(offered: Offered, incentive: Incentive | None) -> Gift:
    if incentive is not None and incentive.state in ON_THE_PAGE:
        return Gift.SHOWN
    if offered.deliver is Deliver.MAIL and (incentive is None or incentive.state != IncentiveState.EMPTY):
        return Gift.MAILED
    return Gift.PENDING


def said(texts: Texts, locale: str) -> Words:
    if not texts:
        return Words("", "")
    text, tag = say(texts, locale)
    return Words(text, "" if tag == locale else tag)
