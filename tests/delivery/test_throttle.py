"""No server gets more than was agreed, all workers slow down where one was asked to, and nothing unlimited costs a thing."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from campaigns.buckets import Buckets
from campaigns.delivery.relay import RelayPlan
from campaigns.delivery.server import Server
from campaigns.delivery.smtp.parcel import Fate
from campaigns.delivery.throttle import Throttle
from tests.services import redis_server

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HOUSE = RelayPlan(key=0, server=Server(host="mx.example", port=25))
SES = replace(HOUSE, key=7, rate=14)
SOON = timedelta(seconds=2)


@pytest.fixture
def redis(redis_url: str) -> Redis:
    redis = Redis.from_url(redis_url)
    redis.flushall()
    return redis


def throttle(url: str | None, peers: int = 1, **domains: float) -> Throttle:
    paces = {domain.replace("_", "."): pace for domain, pace in domains.items()}
    return Throttle(Buckets(url, peers), paces, peers)


@pytest.fixture
def here(redis: Redis, redis_url: str) -> Iterator[Throttle]:
    throttled = throttle(redis_url, gmail_com=0.5)
    yield throttled
    throttled.close()


@pytest.fixture
def there(redis_url: str) -> Iterator[Throttle]:
    """Another worker."""
    throttled = throttle(redis_url, gmail_com=0.5)
    yield throttled
    throttled.close()


def commands(redis: Redis) -> int:
    stats: Any = redis.info("stats")
    return int(stats["total_commands_processed"])


def refuse(throttled: Throttle, count: int, at: datetime, domain: str = "outlook.com", relay: int = 0) -> None:
    for _ in range(count):
        throttled.note(relay, domain, Fate.TAKEN, 250, at)
    throttled.note(relay, domain, Fate.LATER, 451, at, "4.7.0")


def test_what_is_not_limited_is_granted_without_asking_redis(here: Throttle, redis: Redis) -> None:
    here.grant_domain(0, "example.com", 1, NOW)
    before = commands(redis)

    for _ in range(100):
        assert here.grant(HOUSE, 1, None, 50, NOW).granted == 50
        assert here.grant_domain(0, "example.com", 50, NOW).granted == 50
        here.note(0, "example.com", Fate.TAKEN, 250, NOW)

    assert commands(redis) - before == 1


def test_relay_and_merchant_limit_together_and_unused_letters_are_others(here: Throttle, there: Throttle) -> None:
    assert here.grant(SES, 1, 0.01, 50, NOW).granted == 1
    assert there.grant(SES, 1, 0.01, 50, NOW).granted == 0

    here.give_back(SES, 1, 0.01, 1, NOW)

    assert there.grant(SES, 1, 0.01, 50, NOW).granted == 1
    assert there.grant(SES, 2, None, 50, NOW).granted in {0, 1, 2, 3}


def test_a_relay_in_its_first_days_waits_long_for_its_next_letter(here: Throttle) -> None:
    new = replace(SES, warm_up_from=date(2026, 11, 21))

    assert here.grant(new, 1, None, 50, NOW).granted == 1
    grant = here.grant(new, 1, None, 50, NOW)
    assert grant.granted == 0
    assert 1700 < grant.wait <= 86400 / 50
    assert here.grant(replace(new, key=8), 1, None, 50, NOW + timedelta(days=30)).wait < 1


def test_a_domain_of_the_settings_is_one_for_all_relays_and_spellings(here: Throttle, there: Throttle) -> None:
    assert here.grant_domain(0, "GMail.com.", 5, NOW).granted == 1
    assert there.grant_domain(7, "gmail.com", 5, NOW).granted == 0


def test_when_one_worker_is_asked_for_mercy_all_slow_down(here: Throttle, there: Throttle) -> None:
    assert there.grant_domain(0, "outlook.com", 100, NOW).granted == 100

    refuse(here, 99, NOW)

    assert here.grant_domain(0, "outlook.com", 100, NOW).granted == 1
    assert there.grant_domain(0, "outlook.com", 100, NOW + SOON).granted in {0, 1}
    assert there.grant_domain(0, "outlook.com", 100, NOW + SOON).wait > 0
    assert there.grant_domain(0, "gmx.net", 100, NOW + SOON).granted == 100
    assert there.grant_domain(7, "outlook.com", 100, NOW + SOON).granted == 100


def test_the_same_trouble_met_by_two_halves_the_pace_once(here: Throttle, there: Throttle, redis: Redis) -> None:
    refuse(here, 99, NOW)
    refuse(there, 99, NOW)

    notes: Any = redis.hvals("askwell:pace:slow")
    [note] = notes
    rate, before, _ = (float(part) for part in note.split())
    assert (rate, before) == (5, 10)


def test_without_further_trouble_it_is_forgotten(here: Throttle, there: Throttle) -> None:
    refuse(here, 99, NOW)
    assert there.grant_domain(0, "outlook.com", 100, NOW + SOON).granted <= 1

    later = NOW + timedelta(minutes=6)

    assert here.grant_domain(0, "outlook.com", 100, later).granted <= 100
    assert throttle(None).grant_domain(0, "outlook.com", 100, later).granted == 100


@pytest.mark.parametrize(
    ("fate", "code", "status"),
    [
        (Fate.LATER, 452, "4.2.2"),
        (Fate.NEVER, 550, "5.7.1"),
        (Fate.TAKEN, 250, "2.0.0"),
        (Fate.UNSERVED, 421, "4.3.2"),
        (Fate.DOUBT, None, ""),
    ],
)
def test_what_is_no_plea_of_a_domain_slows_nobody_down(fate: Fate, code: int | None, status: str) -> None:
    alone = throttle(None)
    alone.note(0, "outlook.com", fate, code, NOW, status)

    assert alone.grant_domain(0, "outlook.com", 100, NOW).granted == 100


def test_without_redis_a_worker_slows_down_alone_and_recovers() -> None:
    alone = throttle(None)
    refuse(alone, 99, NOW)

    assert alone.grant_domain(0, "outlook.com", 100, NOW).granted == 1
    assert alone.grant_domain(0, "outlook.com", 100, NOW + timedelta(seconds=299)).granted <= 2
    assert alone.grant_domain(0, "outlook.com", 100, NOW + timedelta(seconds=301)).granted == 100


def test_what_was_slow_stays_slow_while_redis_is_dead() -> None:
    with redis_server() as url:
        client = Redis.from_url(url)
        stats: Any = client.info("server")
        here, there = throttle(url), throttle(url)
        refuse(here, 99, NOW)
        assert there.grant_domain(0, "outlook.com", 100, NOW).granted <= 1

        os.kill(int(stats["process_id"]), signal.SIGKILL)

        assert there.grant_domain(0, "outlook.com", 100, NOW + SOON).granted <= 1
        refuse(there, 5, NOW + timedelta(seconds=30), "gmx.net")
        assert there.grant_domain(0, "gmx.net", 100, NOW + timedelta(seconds=30)).granted <= 1
        client.close()


def test_clocks_that_differ_do_no_harm(here: Throttle, there: Throttle) -> None:
    ahead = timedelta(minutes=7)
    refuse(here, 99, NOW)

    assert there.grant_domain(0, "outlook.com", 100, NOW + ahead).granted <= 1
    assert there.grant_domain(0, "outlook.com", 100, NOW + ahead + timedelta(seconds=10)).granted <= 1
    assert here.grant_domain(0, "outlook.com", 100, NOW - ahead).granted <= 1


def test_redis_learns_no_domain(here: Throttle, redis: Redis) -> None:
    refuse(here, 3, NOW)
    here.grant_domain(0, "outlook.com", 1, NOW)
    here.grant_domain(0, "gmail.com", 1, NOW)

    keys: list[Any] = [*redis.scan_iter("*"), *redis.hkeys("askwell:pace:slow")]
    told = b" ".join(keys)
    assert b"slow" in told
    assert b"outlook" not in told
    assert b"gmail" not in told


def test_what_a_worker_counts_stays_small() -> None:
    alone = throttle(None)
    for number in range(12_000):
        alone.note(0, f"shop{number}.example", Fate.TAKEN, 250, NOW + timedelta(seconds=number / 100))

    assert len(alone._slowness._counts) <= 5_001
