"""Slow, and on purpose: a thousand webhooks twice in random order. What leaves is drilled in `tests.drill`."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from campaigns.enrollment.enrollment import Enrollment
from campaigns.intake.purchase import Purchase
from campaigns.queues import QueueName
from tests.journeys.town import Town, wait_for
from tests.shop import order

pytestmark = [pytest.mark.drill]
MANY = 1000


def counts(place: Town) -> tuple[int, int]:
    """Return how many purchases and how many verdicts there are."""
    with place.house.database.reading() as session:
        purchases = session.scalar(select(func.count()).select_from(Purchase)) or 0
        return purchases, session.scalar(select(func.count()).select_from(Enrollment)) or 0


def buy_a_thousand(place: Town) -> None:
    """Send a thousand orders twice each, in random order, over four connections at once."""
    webhooks = [(order(order_id=n, email=f"buyer{n}@example.com"), f"msg_{n}") for n in range(MANY)] * 2
    random.Random(11).shuffle(webhooks)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda webhook: place.send(*webhook), webhooks))
    assert set(answers) == {202}


def test_a_thousand_webhooks_sent_twice_are_a_thousand_purchases_and_decisions(place: Town) -> None:
    place.start("web", QueueName.INTAKE, QueueName.ENROLLMENT)

    buy_a_thousand(place)

    wait_for(lambda: counts(place) == (MANY, MANY), "a thousand decisions", seconds=120)
    time.sleep(2)
    assert counts(place) == (MANY, MANY)
