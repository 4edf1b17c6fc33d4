"""Redis is the bell, not the queue: a job says only "look at your rows", and losing it loses nothing."""

import logging
import threading
import time
from enum import StrEnum

from redis import Redis, RedisError
from rq import Queue
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

LOOK = "campaigns.heartbeat.look"
QUIET_AFTER_FAILURE = 5.0  # seconds; a door must not wait for a dead Redis at every request
UNTIL_DONE = -1  # a look ends by itself; cut off by a timer, a letter would be left in doubt
SOON = 0.05  # seconds that many commits share one ring
PATIENCE = 1.0  # seconds for one answer of Redis to a door


class QueueName(StrEnum):
    """One queue, and one worker process, for each room that works: no answer waits behind a send."""

    INTAKE = "intake"
    ENROLLMENT = "enrollment"
    DELIVERY = "delivery"
    RESPONSES = "responses"


class Bell:
    """Rings a queue's worker. Without Redis, or with a dead one, ringing is silent and harmless."""

    def __init__(self, redis_url: str | None) -> None:
        self._redis = (
            Redis.from_url(redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) if redis_url else None
        )
        self._silent_until = 0.0
        self._lock = threading.Lock()
        self._about_to_ring: set[QueueName] = set()

    def ring(self, name: QueueName) -> bool:
        """Wake the worker of a queue; call it only after the commit. Returns whether it was heard.

        A ring that already waits will see this commit too, so a second one is not queued.
        """
        if self._redis is None or time.monotonic() < self._silent_until:
            return False
        queue = Queue(name, connection=self._redis, serializer=JSONSerializer)
        try:
            if queue.count == 0:
                queue.enqueue(LOOK, name.value, job_timeout=UNTIL_DONE, result_ttl=0, failure_ttl=60)
        except RedisError as error:
            self._silent_until = time.monotonic() + QUIET_AFTER_FAILURE
            log.warning("bell %s was not rung: %s", name, type(error).__name__)
            return False
        return True

    def ring_soon(self, name: QueueName) -> None:
        """Ring within SOON, once for all who ask until then: a door that many knock on asks Redis for nothing."""
        if self._redis is None:
            return
        with self._lock:
            if name in self._about_to_ring:
                return
            self._about_to_ring.add(name)
        timer = threading.Timer(SOON, self._ring_for_all, [name])
        timer.daemon = True
        timer.start()

    def _ring_for_all(self, name: QueueName) -> None:
        with self._lock:  # first: who asks from now on is not heard by this ring
            self._about_to_ring.discard(name)
        self.ring(name)

    def is_heard(self) -> bool | None:
        """Whether Redis answers; None where there is none by intention."""
        if self._redis is None:
            return None
        try:
            return bool(self._redis.ping())
        except RedisError:
            return False
