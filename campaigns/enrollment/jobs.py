"""What the enrollment queue does: decide on every purchase that changed."""

import logging

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.enrollment.deciding import decide_on
from campaigns.house import House
from campaigns.intake.purchase import Purchase, mark_decided, next_undecided
from campaigns.queues import QueueName

log = logging.getLogger(__name__)


def decide_purchases(house: House) -> int:
    """Decide on all purchases that are new or changed, each in a transaction of its own.

    One that cannot be decided on is logged and stepped over; it stays undecided, and is tried
    again at the next look. Returns how many were decided on.
    """
    count, last_id = 0, 0
    while True:
        with house.database.transaction() as session:
            purchase = next_undecided(session, after_id=last_id)
            if purchase is None:
                break
            last_id = purchase.id
            count += _decide(session, purchase)
    if count:
        house.bell.ring(QueueName.DELIVERY)
    return count


def _decide(session: Session, purchase: Purchase) -> int:
    try:
        with session.begin_nested():
            decide_on(session, purchase, clock.now())
            mark_decided(session, purchase)
    except OperationalError:
        raise  # the database is away: no purchase is to blame
    except Exception as error:  # noqa: BLE001  # whatever it is, the others must not wait for it
        log.error("purchase %s could not be decided on: %s", purchase.id, type(error).__name__)
        return 0
    return 1
