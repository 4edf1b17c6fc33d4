"""The periodic jobs in the order data flows: the second floor plan of the house.

The heartbeat only rings; a worker looks. Two heartbeats ring twice, and nothing else changes.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from sqlalchemy.exc import OperationalError

from campaigns.delivery.esp.jobs import fold_events, forget_old
from campaigns.delivery.inbound.jobs import work_off_inbound
from campaigns.delivery.jobs import send_alerts, send_due, send_sign_ins
from campaigns.delivery.watch import watch_campaigns
from campaigns.enrollment.jobs import decide_purchases
from campaigns.house import House, open_house
from campaigns.intake.jobs import record_purchases
from campaigns.logbook import place
from campaigns.queues import QueueName
from campaigns.responses.jobs import fold_answers, forget_networks, mature_answers
from campaigns.responses.replies import read_replies
from campaigns.responses.thanking import send_thanks
from campaigns.settings import Settings

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds between two rings of each bell


@dataclass(frozen=True, slots=True)
class Beat:
    """A job that asks the room before it what is new, and returns how much it worked off."""

    queue: QueueName
    job: Callable[[House], int]


BEATS = (
    Beat(QueueName.INTAKE, record_purchases),
    Beat(QueueName.INTAKE, fold_events),
    Beat(QueueName.INTAKE, watch_campaigns),
    Beat(QueueName.INTAKE, forget_old),
    Beat(QueueName.ENROLLMENT, decide_purchases),
    Beat(QueueName.DELIVERY, work_off_inbound),
    Beat(QueueName.DELIVERY, send_sign_ins),
    Beat(QueueName.DELIVERY, send_alerts),
    Beat(QueueName.DELIVERY, send_due),
    Beat(QueueName.DELIVERY, send_thanks),
    Beat(QueueName.RESPONSES, read_replies),
    Beat(QueueName.RESPONSES, fold_answers),
    Beat(QueueName.RESPONSES, mature_answers),
    Beat(QueueName.RESPONSES, forget_networks),
)


def work_off(house: House, queue: QueueName) -> dict[str, int]:
    """Do all jobs of a queue once; returns how much each worked off.

    What stops one stops none after it: a reply that cannot be passed on must not hold up letters. The first error
    is raised when all are done; without the database there is nothing to do.
    """
    done: dict[str, int] = {}
    errors: list[Exception] = []
    for beat in BEATS:
        if beat.queue is queue:
            try:
                done[beat.job.__name__] = beat.job(house)
            except OperationalError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
                log.error("%s was stopped: %s at %s", beat.job.__name__, type(error).__name__, place(error))
                errors.append(error)
    if errors:
        raise errors[0]
    return done


def tick(house: House) -> dict[str, int]:
    """Let data flow through the whole house once, in this process."""
    done: dict[str, int] = {}
    for queue in QueueName:
        done |= work_off(house, queue)
    return done


def look(queue: str) -> None:
    """What every RQ job is: look what is due, in a house of this process's own.

    It never fails: RQ would keep what the error says in Redis, and that may name a person.
    """
    try:
        work_off(_own_house(), QueueName(queue))
    except Exception as error:  # noqa: BLE001 - the rows are still due, and the next look finds them
        log.error("a look at %s failed: %s at %s", queue, type(error).__name__, place(error), extra={"queue": queue})


def beat_forever(house: House) -> None:
    """Ring every bell every few seconds, until the process is stopped."""
    while True:
        for queue in QueueName:
            house.bell.ring(queue)
        time.sleep(EVERY)


@cache
def _own_house() -> House:
    return open_house(Settings.from_env())
