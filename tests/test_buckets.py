"""What one worker takes the others cannot take again; and a Redis in trouble costs little and stops nobody."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis import Redis

from campaigns.buckets import Bucket, Buckets, Grant
from tests.services import redis_server

SLOW = Bucket("relay:1", 0.01)
FAST = Bucket("merchant:1", 14)


@pytest.fixture
def redis(redis_url: str) -> Redis:
    redis = Redis.from_url(redis_url)
    redis.flushall()
    return redis


@pytest.fixture
def buckets(redis: Redis, redis_url: str) -> Iterator[Buckets]:
    buckets = Buckets(redis_url)
    yield buckets
    buckets.close()


@pytest.fixture
def mortal() -> Iterator[tuple[str, int]]:
    """A Redis to be harmed: its URL, and the number of its process."""
    with redis_server() as url:
        client = Redis.from_url(url)
        number = int(_said(client.info("server"))["process_id"])
        client.close()
        yield url, number


def _said(answer: Any) -> dict[str, Any]:
    assert isinstance(answer, dict)
    return answer


def taken_together(url: str | None, peers: int, seconds: float = 5.0) -> int:
    """Let four processes take 14 a second from one bucket; returns how many they were granted in all."""
    command = [sys.executable, "-m", "tests.taker", url or "", "14", str(peers), str(seconds)]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return sum(int(worker.communicate()[0]) for worker in workers)


@pytest.mark.drill  # seconds of real time
def test_four_workers_keep_to_one_rate_from_the_first_second_on(redis: Redis, redis_url: str) -> None:
    assert 13 * 5 <= taken_together(redis_url, peers=1) <= 15 * 5


@pytest.mark.drill  # seconds of real time
def test_without_redis_four_workers_keep_to_a_quarter_each() -> None:
    assert 13 * 5 <= taken_together(None, peers=4) <= 15 * 5


@pytest.mark.parametrize("url", ["here", None])
def test_a_bucket_begins_with_one_and_holds_a_tenth_of_a_second(redis: Redis, redis_url: str, url: str | None) -> None:
    buckets = Buckets(redis_url if url else None)

    assert buckets.take([Bucket("x", 1000)], 1000).granted == 1
    time.sleep(0.5)
    assert buckets.take([Bucket("x", 1000)], 1000).granted == 100
    assert buckets.take([SLOW], 5).granted == 1
    assert 90 < buckets.take([SLOW], 5).wait <= 100
    buckets.close()


@pytest.mark.parametrize("url", ["here", None])
def test_what_one_bucket_denies_is_taken_from_none(redis: Redis, redis_url: str, url: str | None) -> None:
    buckets = Buckets(redis_url if url else None)

    assert buckets.take([SLOW, FAST], 1).granted == 1
    time.sleep(0.3)
    assert buckets.take([SLOW, FAST], 1).granted == 0
    assert buckets.take([FAST], 1).granted == 1
    buckets.close()


@pytest.mark.parametrize("url", ["here", None])
def test_what_was_not_used_can_be_taken_again(redis: Redis, redis_url: str, url: str | None) -> None:
    buckets = Buckets(redis_url if url else None)

    assert buckets.take([SLOW], 1).granted == 1
    buckets.give_back([SLOW], 1)
    buckets.give_back([SLOW], 7)
    assert buckets.take([SLOW], 5).granted == 1
    buckets.close()


def test_nothing_limited_is_everything_granted(buckets: Buckets) -> None:
    assert buckets.take([], 50) == Grant(50)
    assert buckets.take([SLOW], 0).granted == 0
    assert buckets.take([SLOW], -3).granted == 0


@settings(max_examples=40)
@given(rates=st.lists(st.floats(1e-5, 1e6), min_size=1, max_size=3), wanted=st.integers(0, 10_000))
def test_nobody_gets_more_than_wanted_and_redis_and_one_process_agree(
    redis_url: str, rates: list[float], wanted: int
) -> None:
    shared, alone = Buckets(redis_url), Buckets(None)
    limits = [Bucket(f"law:{time.monotonic_ns()}:{number}", rate) for number, rate in enumerate(rates)]

    grants = [buckets.take(limits, wanted) for buckets in (shared, alone)]

    assert grants[0].granted == grants[1].granted == min(wanted, 1)
    assert grants[0].wait == pytest.approx(grants[1].wait, abs=1e-5)
    shared.close()


def test_a_redis_that_forgot_everything_begins_with_one_again(buckets: Buckets, redis: Redis) -> None:
    buckets.take([FAST], 1)
    time.sleep(1)
    redis.flushall()
    redis.script_flush()

    assert buckets.take([FAST], 10).granted == 1


def test_redis_is_told_no_more_than_keys_which_run_out(buckets: Buckets, redis: Redis) -> None:
    buckets.take([SLOW, FAST], 1)
    buckets.post("slow", "0:abc", "5 10 1", unless_within=5)

    ages = {key: redis.ttl(key) for key in redis.scan_iter("*")}
    assert set(ages) == {
        b"askwell:pace:relay:1",
        b"askwell:pace:merchant:1",
        b"askwell:pace:slow",
        b"askwell:pace:slow:changed",
    }
    assert ages[b"askwell:pace:relay:1"] >= 100
    assert all(60 <= age < 3600 for age in ages.values() if isinstance(age, int))


def test_a_note_is_read_by_others_once_and_the_first_of_two_holds(buckets: Buckets, redis_url: str) -> None:
    other = Buckets(redis_url)

    assert buckets.post("slow", "0:abc", "first", unless_within=5) == "first"
    assert other.post("slow", "0:abc", "second", unless_within=5) == "first"
    assert other.post("slow", "0:xyz", "third", unless_within=5) == "third"
    assert other.post("slow", "0:abc", "fourth", unless_within=0) == "fourth"

    news = other.news("slow", 0.0)
    assert news is not None
    assert news.notes == {"0:abc": "fourth", "0:xyz": "third"}
    again = other.news("slow", news.at)
    assert again is not None
    assert again.notes == {}
    other.close()


def test_old_notes_are_cleared_away(buckets: Buckets, redis: Redis) -> None:
    buckets.post("slow", "0:old", "note", unless_within=5)
    redis.zadd("askwell:pace:slow:changed", {"0:old": time.time() - 1000})

    news = buckets.news("slow", 0.0)

    assert news is not None
    assert news.notes == {}
    assert redis.hlen("askwell:pace:slow") == 0


def test_a_killed_redis_is_noticed_once_and_found_again(
    mortal: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    url, number = mortal
    buckets = Buckets(url)
    assert buckets.take([SLOW], 1).granted == 1

    os.kill(number, signal.SIGKILL)

    assert [buckets.take([SLOW], 1).granted for _ in range(50)] == [1] + [0] * 49
    assert buckets.post("slow", "0:abc", "note", unless_within=5) is None
    assert buckets.news("slow", 0.0) is None
    assert len(caplog.records) == 1
    assert url not in caplog.text
    buckets.close()


@pytest.mark.drill  # seconds of real time
def test_a_frozen_redis_is_not_waited_for_twice_and_serves_again_when_it_thaws(
    mortal: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    url, number = mortal
    buckets = Buckets(url)
    assert buckets.take([SLOW], 1).granted == 1
    os.kill(number, signal.SIGSTOP)
    try:
        began = time.monotonic()
        grants = [buckets.take([SLOW], 1).granted for _ in range(200)]
        assert time.monotonic() - began < 5.0  # waited for each time, it would be more than a minute
        assert grants == [1] + [0] * 199
        time.sleep(5)
        buckets.take([SLOW], 1)
    finally:
        os.kill(number, signal.SIGCONT)

    assert len(caplog.records) == 1
    time.sleep(5)
    assert buckets.take([Bucket("new", 0.01)], 1).granted == 1
    assert Redis.from_url(url).exists("askwell:pace:new")
    buckets.close()


def test_a_redis_that_was_never_there_is_no_hindrance(caplog: pytest.LogCaptureFixture) -> None:
    buckets = Buckets("redis://127.0.0.1:9/0", peers=4)

    time.sleep(0.01)
    assert sum(buckets.take([Bucket("x", 4000)], 10).granted for _ in range(3)) <= 10
    assert len(caplog.records) == 1
