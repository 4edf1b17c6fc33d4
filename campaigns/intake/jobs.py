"""What the intake queue does: turn every kept webhook into a purchase."""

import logging

from sqlalchemy.exc import OperationalError

from campaigns import clock
from campaigns.house import House
from campaigns.intake.receipt import mark_stuck, next_waiting
from campaigns.intake.recording import record
from campaigns.queues import QueueName

log = logging.getLogger(__name__)


def record_purchases(house: House) -> int:
    """Work off all webhooks that wait, each in a transaction of its own; returns how many.

    One that fails steps aside for an hour, so that it never holds up the others.
    """
    count = 0
    while _record_next(house):
        count += 1
    if count:
        house.bell.ring(QueueName.ENROLLMENT)
    return count


def _record_next(house: House) -> bool:
    receipt_id = None
    try:
        with house.database.transaction() as session:
            receipt = next_waiting(session, clock.now())
            if receipt is None:
                return False
            receipt_id = receipt.id
            record(session, receipt, clock.now())
    except OperationalError:
        raise  # the database is away: no webhook is to blame
    except Exception as error:
        if receipt_id is None:
            raise
        log.error("receipt %s could not be worked off: %s", receipt_id, type(error).__name__)
        with house.database.transaction() as session:
            mark_stuck(session, receipt_id, type(error).__name__, clock.now())
    return True
