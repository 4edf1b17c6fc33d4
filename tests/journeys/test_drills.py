"""Slow, and on purpose: a thousand webhooks twice in random order, and a sender killed again and again."""

import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import func, select

from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
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


def more_than(place: Town, count: int) -> bool:
    return len(place.mails()) > count


def states(place: Town) -> Counter[str]:
    with place.house.database.reading() as session:
        query = select(Message.state, func.count()).where(Message.kind == "invitation").group_by(Message.state)
        return Counter({row[0]: row[1] for row in session.execute(query)})


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


def test_a_sender_killed_again_and_again_doubles_and_loses_nothing(place: Town) -> None:
    place.start("web", "mailbox", QueueName.INTAKE, QueueName.ENROLLMENT)
    buy_a_thousand(place)
    wait_for(lambda: counts(place) == (MANY, MANY), "a thousand decisions", seconds=120)

    kills = 0
    dice = random.Random(5)
    while len(place.mails()) < MANY * 0.8 and kills < 12:
        place.start(QueueName.DELIVERY, later=f"PT{kills * 6}M")  # each successor finds the leases run out
        seen = len(place.mails())
        wait_for(partial(more_than, place, seen), "letters to leave", seconds=60)
        time.sleep(dice.uniform(0.1, 0.8))
        place.stop(QueueName.DELIVERY, how=signal.SIGKILL)
        kills += 1
    place.drain(later="PT2H")

    received = Counter(str(mail["Delivered-To"]) for mail in place.mails())
    ends = states(place)
    assert kills >= 3
    assert set(received.values()) == {1}, "a letter was doubled"
    assert ends["in_doubt"] <= kills
    assert ends["sent"] + ends["in_doubt"] == MANY, "a letter was lost"
    assert len(received) >= ends["sent"]
