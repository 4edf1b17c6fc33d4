"""What the intake queue does with news: take what was told of letters, and forget what is old."""

import logging
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from campaigns import clock
from campaigns.delivery.esp.event_receipt import EventReceipt, forget_receipts, mark_done, mark_stuck, next_waiting
from campaigns.delivery.esp.reading import event_of
from campaigns.delivery.esp.services import SERVICES, ServiceKind
from campaigns.delivery.esp.source import get_source
from campaigns.delivery.esp.told import Told
from campaigns.delivery.event import News
from campaigns.delivery.news import take, take_early
from campaigns.delivery.news_item import forget_news
from campaigns.house import House
from campaigns.logbook import place

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=30)  # what services sent, sealed
NEWS_KEPT_FOR = timedelta(days=90)  # complaints come weeks later, and may name a letter only by an earlier name
TOGETHER = 50  # events taken in one transaction, of those that stop nobody
QUIET = frozenset({News.DELIVERED, News.DELAYED})
AT_ONCE = 1000  # rows forgotten in one transaction


def fold_events(house: House) -> int:
    """Work off all that services told, the oldest first; returns how many.

    One that fails steps aside for an hour, so that it never holds up the others.
    """
    count = 0
    while _fold_next(house):
        count += 1
    with house.database.transaction() as session:
        return count + take_early(session, clock.now())


def forget_old(house: House) -> int:
    """Forget deliveries and news beyond their time, some at a time; returns how many."""
    now = clock.now()
    with house.database.transaction() as session:
        receipts = forget_receipts(session, now - KEPT_FOR, AT_ONCE)
        return receipts + forget_news(session, now - NEWS_KEPT_FOR, AT_ONCE)


def _fold_next(house: House) -> bool:
    with house.database.transaction() as session:
        receipt = next_waiting(session, clock.now())
        if receipt is None:
            return False
    try:
        _fold(house, receipt)
    except OperationalError:
        raise  # the database is away: no delivery is to blame
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        log.error("event receipt %s is set aside: %s at %s", receipt.id, type(error).__name__, place(error))
        with house.database.transaction() as session:
            mark_stuck(session, receipt.id, type(error).__name__, clock.now())
    return True


def _fold(house: House, receipt: EventReceipt) -> None:
    """Take what a delivery tells, some at a time, so that no sender waits for a thousand of them to be written.

    Stopped between two, it is begun again from the start: what was taken is known.
    """
    with house.database.reading() as session:
        kind = ServiceKind(get_source(session, receipt.merchant_id, receipt.source_id).kind)
    of = (receipt.merchant_id, receipt.source_id, kind)
    body = house.vault.unseal(receipt.sealed_body).encode()
    for batch in _batches([each for each in SERVICES[kind].read(body) if each is not None]):
        with house.database.transaction() as session:
            for each in batch:
                take(session, event_of(session, each, of, receipt.received_at), clock.now())
    with house.database.transaction() as session:
        mark_done(session, receipt.id, clock.now())


def _batches(told: list[Told]) -> Iterator[list[Told]]:
    """Yield what is taken in one transaction: what may stop a person alone, or two workers that tell of the same
    people in another order would wait for each other; all else together, and always in the same order."""
    quiet = sorted((each for each in told if each.news in QUIET), key=lambda each: (each.header, each.address))
    for start in range(0, len(quiet), TOGETHER):
        yield quiet[start : start + TOGETHER]
    yield from ([each] for each in told if each.news not in QUIET)
