"""The bell is a hint: heard when Redis is there, silent and harmless when it is not."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from campaigns.house import House
from campaigns.queues import LOOK, Bell, QueueName


@pytest.fixture
def redis(redis_url: str) -> Redis:
    redis = Redis.from_url(redis_url)
    redis.flushall()
    return redis


def test_a_ring_carries_the_name_of_the_queue_and_nothing_else(redis: Redis, redis_url: str) -> None:
    assert Bell(redis_url).ring(QueueName.DELIVERY)

    [job] = Queue("delivery", connection=redis, serializer=JSONSerializer).jobs
    assert (job.func_name, job.args, job.kwargs) == (LOOK, ["delivery"], {}) or job.args == ("delivery",)


def test_a_ring_that_waits_is_not_doubled(redis: Redis, redis_url: str) -> None:
    bell = Bell(redis_url)

    for _ in range(100):
        bell.ring(QueueName.INTAKE)

    assert Queue("intake", connection=redis).count == 1


def test_without_redis_nobody_waits_and_nothing_fails() -> None:
    assert Bell(None).ring(QueueName.INTAKE) is False
    assert Bell(None).is_heard() is None


def test_a_dead_redis_is_asked_only_once_in_a_while(caplog: pytest.LogCaptureFixture) -> None:
    bell = Bell("redis://127.0.0.1:9/0")

    assert [bell.ring(QueueName.INTAKE) for _ in range(50)] == [False] * 50
    assert bell.is_heard() is False
    assert len(caplog.records) == 1


def test_a_house_without_a_bell_is_whole(house: House) -> None:
    assert replace(house, bell=Bell(None)).bell.is_heard() is None


def test_many_who_ask_for_a_ring_soon_share_one_and_who_comes_later_has_their_own(redis: Redis, redis_url: str) -> None:
    bell, queue = Bell(redis_url), Queue("intake", connection=redis)

    for _ in range(100):
        bell.ring_soon(QueueName.INTAKE)

    assert queue.count == 0
    _until(lambda: queue.count == 1)
    redis.flushall()
    bell.ring_soon(QueueName.INTAKE)
    _until(lambda: queue.count == 1)


def test_a_ring_soon_without_redis_is_harmless() -> None:
    Bell(None).ring_soon(QueueName.INTAKE)


def _until(is_so: Callable[[], bool]) -> None:
    for _ in range(500):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("nobody rang")
