"""What breaks, breaks without losing or doubling anything: Redis, the mail server, a worker."""

import signal
from collections import Counter
from pathlib import Path

import pytest
from redis import Redis

from campaigns.queues import QueueName
from tests.journeys.conftest import database_url
from tests.journeys.test_reminders import answer
from tests.journeys.town import Town, rating_links, town, wait_for
from tests.services import redis_server


def receivers(place: Town) -> Counter[str]:
    return Counter(str(mail["Delivered-To"]) for mail in place.mails())


def test_without_redis_the_workers_poll_and_say_so(place: Town) -> None:
    place.start("web", "mailbox", *QueueName)

    place.buy("1001")
    wait_for(lambda: len(place.mails()) == 1, "a mail without a bell")
    assert answer(place, rating_links(place.mails()[0])[5]) == 303
    wait_for(lambda: place.rate()["confirmed"] == 1, "an answer without a bell")

    assert "no Redis: worker delivery polls its rows" in (place.instance / "delivery.log").read_text()


def test_redis_may_die_and_come_back_empty_while_things_come_in(tmp_path: Path) -> None:
    with redis_server() as url, town(tmp_path, database_url("sqlite", tmp_path), url) as place:
        place.start("web", "mailbox")
        place.start_workers()
        place.buy("1001")
        wait_for(lambda: len(place.mails()) == 1, "the first mail")

        Redis.from_url(url).flushall()
        assert place.buy("1002") == 202
        wait_for(lambda: len(place.mails()) == 2, "the mail after everything in Redis was lost")

        Redis.from_url(url).shutdown(nosave=True)
        assert place.buy("1003") == 202
        assert answer(place, rating_links(place.mails()[0])[4]) == 303
        wait_for(lambda: len(place.mails()) == 3, "the mail without Redis")
        wait_for(lambda: place.rate()["confirmed"] == 1, "the answer without Redis")
        assert all(process.poll() is None for process in place.processes.values())

    assert set(receivers(place).values()) == {1}


@pytest.mark.drill
def test_a_mail_server_that_is_down_for_a_while_gets_every_letter_once(place: Town) -> None:
    place.start("web")
    for number in range(5):
        place.buy(str(number))
    place.drain()
    place.drain(later="PT10M")
    assert place.mails() == []

    place.start("mailbox")
    place.drain(later="PT1H")
    place.drain(later="PT2H")

    assert sorted(receivers(place).values()) == [1] * 5


@pytest.mark.drill
def test_two_of_everything_send_every_letter_once(tmp_path: Path) -> None:
    with redis_server() as url, town(tmp_path, database_url("postgres", tmp_path), url) as place:
        place.start("web", "mailbox")
        place.start_workers()
        first = dict(place.processes)
        place.start_workers()
        place.processes |= {
            f"first {name}": process for name, process in first.items() if name not in {"web", "mailbox"}
        }

        for number in range(60):
            assert place.buy(str(number)) == 202

        wait_for(lambda: len(place.mails()) >= 60, "sixty mails", seconds=60)
        place.drain(later="PT1H")
        assert len(receivers(place)) == 60
        assert set(receivers(place).values()) == {1}


def test_a_worker_that_is_told_to_stop_stops_at_once(place: Town) -> None:
    place.start("mailbox", *QueueName, "heartbeat")
    wait_for(lambda: (place.instance / "delivery.log").read_text() != "", "the worker to look")

    place.stop(how=signal.SIGTERM)
