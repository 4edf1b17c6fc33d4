"""All workers together keep to a rate: what one takes from a bucket, the others cannot take again.

The buckets are in Redis and run on its clock, so that clocks which differ do no harm. Without Redis, or
while it is in trouble, each process keeps to its share of the rate by itself.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

PREFIX = "askwell:pace:"
HOLDS = 0.1  # seconds' worth of letters, and always one: enough to bridge a late worker, too little for a burst
PATIENCE = 0.4  # seconds to connect, and as much for the first answer that does not come: less than one in all
QUIET_AFTER_TROUBLE = 5.0  # seconds in which Redis is not asked again
REMEMBERED = 900  # seconds a note stays on its board

# A bucket that Redis does not know begins with one letter, not full: a Redis that was restarted, or a key
# that ran out, must not be a burst. A key lives at least until its bucket is full again, hence never too short.
TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local granted, wait, levels = tonumber(ARGV[1]), 0, {}
for i, key in ipairs(KEYS) do
  local rate = tonumber(ARGV[i + 1])
  local known = redis.call('HMGET', key, 'tokens', 'at')
  local tokens = 1
  if known[1] then tokens = tonumber(known[1]) + math.max(0, now - tonumber(known[2])) * rate end
  levels[i] = math.min(tokens, math.max(1, rate * tonumber(ARGV[#ARGV])))
  granted = math.min(granted, math.floor(levels[i] + 1e-6))
end
for i, key in ipairs(KEYS) do
  local rate, size = tonumber(ARGV[i + 1]), math.max(1, tonumber(ARGV[i + 1]) * tonumber(ARGV[#ARGV]))
  local left = math.min(size, levels[i] - granted)
  redis.call('HSET', key, 'tokens', string.format('%.9f', left), 'at', string.format('%.6f', now))
  redis.call('EXPIRE', key, 60 + math.ceil(size / rate))
  wait = math.max(wait, (1 - left) / rate)
end
return {granted, string.format('%.6f', wait)}
"""
POST = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local last = redis.call('ZSCORE', KEYS[2], ARGV[1])
if last and math.abs(now - tonumber(last)) < tonumber(ARGV[3]) then return redis.call('HGET', KEYS[1], ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], string.format('%.6f', now), ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return ARGV[2]
"""
NEWS = """
local time = redis.call('TIME')
local now = string.format('%.6f', time[1] + time[2] / 1000000)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[2], 'LIMIT', 0, 1000)) do
  redis.call('ZREM', KEYS[2], old)
  redis.call('HDEL', KEYS[1], old)
end
local news = {now}
for _, field in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], ARGV[1], '+inf')) do
  table.insert(news, field)
  table.insert(news, redis.call('HGET', KEYS[1], field) or '')
end
return news
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    key: str  # of ids and hashes only: Redis knows no names
    rate: float  # letters per second, more than none


@dataclass(frozen=True, slots=True)
class Grant:
    granted: int
    wait: float = 0.0  # seconds until one more is likely


@dataclass(frozen=True, slots=True)
class News:
    notes: dict[str, str]
    at: float  # seconds, by the clock of Redis


class Buckets:
    """Token buckets shared by all processes that were given the same Redis, and a board for their notes."""

    def __init__(self, redis_url: str | None, peers: int = 1) -> None:
        self._redis = _connect(redis_url) if redis_url else None
        self._quiet_until = 0.0
        self._is_in_trouble = False
        self._own = _OwnBuckets(peers)

    def take(self, buckets: Sequence[Bucket], wanted: int) -> Grant:
        """Take as many as all these buckets allow together, at most `wanted`, from each of them at once."""
        return self._move(buckets, max(0, wanted))

    def give_back(self, buckets: Sequence[Bucket], unused: int) -> None:
        """Put back what was taken and not used; a bucket that is full meanwhile stays full."""
        if unused > 0:
            self._move(buckets, -unused)

    def post(self, board: str, field: str, note: str, unless_within: float) -> str | None:
        """Write a note, unless one was written there within so many seconds; return the one that holds.

        None where there is no Redis to keep it.
        """
        said = self._ask(POST, _board(board), [field, note, unless_within, REMEMBERED])
        return None if said is None else str(said.decode())

    def news(self, board: str, since: float) -> News | None:
        """Return the notes written since then; None where there is no Redis to have kept them."""
        if (said := self._ask(NEWS, _board(board), [f"{since:.6f}", REMEMBERED])) is None:
            return None
        moment, *rest = (each.decode() for each in said)
        return News(dict(zip(rest[::2], rest[1::2], strict=True)), float(moment))

    def close(self) -> None:
        if self._redis is not None:
            self._redis.close()

    def _move(self, buckets: Sequence[Bucket], count: int) -> Grant:
        if not buckets:
            return Grant(max(0, count))
        keys = [PREFIX + bucket.key for bucket in buckets]
        said = self._ask(TAKE, keys, [count, *(repr(bucket.rate) for bucket in buckets), HOLDS])
        if said is None:
            return self._own.move(buckets, count, time.monotonic())
        return Grant(max(0, int(said[0])), float(said[1]))

    def _ask(self, script: str, keys: list[str], values: list[Any]) -> Any:
        """Run a script; None without Redis, and for a while after it did not answer."""
        if self._redis is None or time.monotonic() < self._quiet_until:
            return None
        try:
            said = self._redis.register_script(script)(keys=keys, args=values)
        except RedisError as error:
            self._quiet_until = time.monotonic() + QUIET_AFTER_TROUBLE
            if not self._is_in_trouble:
                log.warning("each worker keeps to its share of the pace by itself: %s", type(error).__name__)
            self._is_in_trouble = True
            return None
        self._is_in_trouble = False
        return said


class _OwnBuckets:
    """The same arithmetic for one process alone, at its share of each rate."""

    def __init__(self, peers: int) -> None:
        self._share = 1 / max(1, peers)
        self._levels: dict[str, tuple[float, float]] = {}

    def move(self, buckets: Sequence[Bucket], count: int, now: float) -> Grant:
        levels = {bucket: self._level(bucket, now) for bucket in buckets}
        granted = min(count, *(int(level + 1e-6) for level in levels.values()))
        wait = 0.0
        for bucket, level in levels.items():
            left = min(self._size(bucket), level - granted)
            self._levels[bucket.key] = (left, now)
            wait = max(wait, (1 - left) / (bucket.rate * self._share))
        return Grant(max(0, granted), wait)

    def _level(self, bucket: Bucket, now: float) -> float:
        tokens, at = self._levels.get(bucket.key, (self._share, now))  # of all peers together: one
        return min(self._size(bucket), tokens + (now - at) * bucket.rate * self._share)

    def _size(self, bucket: Bucket) -> float:
        return max(1.0, bucket.rate * self._share * HOLDS)


def _connect(url: str) -> Redis:
    """Return a client that gives up at once: by itself it would try again, and wait in between."""
    never = Retry(NoBackoff(), 0)
    return Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=never)


def _board(name: str) -> list[str]:
    return [f"{PREFIX}{name}", f"{PREFIX}{name}:changed"]
