"""No server and no provider is sent more than it was agreed to get, however many workers send.

Letters are granted before they leave. Where nothing is limited, Redis is not asked at all.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Self

from campaigns.buckets import Bucket, Buckets, Grant
from campaigns.delivery.feedback import asks_for_mercy
from campaigns.delivery.pace import warmed_up
from campaigns.delivery.relay import RelayPlan
from campaigns.delivery.slowness import Slowness
from campaigns.delivery.smtp.parcel import Fate
from campaigns.settings import Settings

OF_THE_LETTER = frozenset({Fate.TAKEN, Fate.LATER, Fate.NEVER})  # all else says nothing of its recipient's domain


class Throttle:
    """Grants letters to one worker, out of what all workers share."""

    def __init__(self, buckets: Buckets, domain_pace: Mapping[str, float], peers: int = 1) -> None:
        self._buckets = buckets
        self._domain_pace = domain_pace
        self._slowness = Slowness(buckets, peers)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        buckets = Buckets(settings.redis_url, settings.delivery_workers)
        return cls(buckets, settings.domain_pace, settings.delivery_workers)

    def grant(
        self, relay: RelayPlan, merchant_id: int, merchant_rate: float | None, wanted: int, now: datetime
    ) -> Grant:
        """Grant up to `wanted` letters of a merchant through a relay."""
        return self._buckets.take(_limits(relay, merchant_id, merchant_rate, now), wanted)

    def give_back(
        self, relay: RelayPlan, merchant_id: int, merchant_rate: float | None, unused: int, now: datetime
    ) -> None:
        """Return granted letters that did not leave after all, so that others may."""
        self._buckets.give_back(_limits(relay, merchant_id, merchant_rate, now), unused)

    def grant_domain(self, relay_key: int, domain: str, wanted: int, now: datetime) -> Grant:
        """Grant up to `wanted` letters to a recipient's domain through a relay."""
        domain = _plain(domain)
        mark = _mark(domain)
        limits = []
        if (rate := self._domain_pace.get(domain)) is not None:
            limits.append(Bucket(f"domain:{mark}", rate))
        if (rate := self._slowness.rate(f"{relay_key}:{mark}", now)) is not None:
            limits.append(Bucket(f"slow:{relay_key}:{mark}", rate))
        return self._buckets.take(limits, wanted)

    def note(
        self, relay_key: int, domain: str, fate: str, reply_code: int | None, now: datetime, status: str = ""
    ) -> None:
        """Learn from what a server said of a letter: a plea for mercy slows all workers down there."""
        if fate not in OF_THE_LETTER:
            return
        where = f"{relay_key}:{_mark(_plain(domain))}"
        self._slowness.count(where, now)
        if fate == Fate.LATER and asks_for_mercy(reply_code, status):
            self._slowness.slow_down(where, now)

    def close(self) -> None:
        self._buckets.close()


def _limits(relay: RelayPlan, merchant_id: int, merchant_rate: float | None, now: datetime) -> list[Bucket]:
    limits = []
    if (rate := warmed_up(relay.warm_up_from, now.date(), relay.rate)) is not None:
        limits.append(Bucket(f"relay:{relay.key}", rate))
    if merchant_rate is not None:
        limits.append(Bucket(f"merchant:{merchant_id}", merchant_rate))
    return limits


def _plain(domain: str) -> str:
    return domain.lower().rstrip(".")


@lru_cache(maxsize=4096)
def _mark(domain: str) -> str:
    """Return what stands for a domain in Redis: a small shop's customers could be guessed from their domains."""
    return hashlib.sha256(domain.encode()).hexdigest()[:16]
