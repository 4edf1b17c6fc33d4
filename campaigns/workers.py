"""A worker looks at its rows when the bell rings, and by the clock when there is no bell."""

import gc
import logging
import signal
import subprocess
import sys
import time
from types import FrameType

from redis import Redis, RedisError
from redis.client import Pipeline
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from campaigns.heartbeat import tick, work_off
from campaigns.house import House
from campaigns.logbook import place
from campaigns.queues import QueueName

log = logging.getLogger(__name__)

POLL_EVERY = 1.0  # seconds between two looks without a bell
LISTEN_FOR = 30  # seconds of silence after which a worker looks for itself: a lost ring costs no more


class _Listener(SimpleWorker):
    """RQ's worker without a fork for each job, that gives up when Redis is gone instead of waiting.

    It serves one queue only: on two, RQ 3.0 loses jobs between popping and preparing them.
    """

    was_stopped = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.was_stopped = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # RQ leaves it untyped

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        try:
            super().heartbeat(timeout, pipeline)
        except RedisError:
            raise StopRequested from None


class Worker:
    """Works one queue until it is told to stop; a look that has begun is finished first."""

    def __init__(self, house: House, queue: QueueName) -> None:
        self._house = house
        self._queue = queue
        self._is_stopped = False

    def run(self) -> None:
        if self._house.settings.redis_url is None:
            log.warning("no Redis: worker %s polls its rows every %g s", self._queue, POLL_EVERY)
        while not self._is_stopped:
            self._catch_signals()
            self.look()
            if not self._is_stopped and not self._listen():
                time.sleep(POLL_EVERY)

    def _catch_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self._is_stopped = True

    def look(self) -> None:
        """Look at the rows once; trouble is told, waited out and outlived."""
        try:
            work_off(self._house, self._queue)
        except SQLAlchemyError as error:
            log.error("worker %s has trouble with the database: %s", self._queue, type(error).__name__)
            time.sleep(POLL_EVERY)
        except Exception as error:  # noqa: BLE001 - the rows are still due; a worker that ends looks at none
            log.error("a look at %s failed: %s at %s", self._queue, type(error).__name__, place(error))
            time.sleep(POLL_EVERY)

    def _listen(self) -> bool:
        """Work what the bell rings for. False where there is no bell: then the clock decides."""
        url = self._house.settings.redis_url
        if url is None:
            return False
        try:
            connection = Redis.from_url(url)
            connection.ping()
            listener = _Listener(
                [Queue(self._queue, connection=connection, serializer=JSONSerializer)],
                connection=connection,
                serializer=JSONSerializer,
                worker_ttl=90,
                maintenance_interval=60,
                job_monitoring_interval=10,
                log_job_description=False,
            )
            listener.work(max_idle_time=LISTEN_FOR, logging_level="WARNING")
        except (RedisError, OSError) as error:
            log.warning("worker %s hears no bell: %s", self._queue, type(error).__name__)
            return False
        self._is_stopped = self._is_stopped or listener.was_stopped
        return True


def settle_down() -> None:
    """Look for garbage seldom: what was imported is none, and letters leave next to none that counts for itself.

    A tenth less work for a letter; memory stays flat (`make bench` watches it).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def drain(house: House, queue: QueueName | None = None) -> int:
    """Work off everything that is due, in one queue or in all, and return how much it was."""
    total = 0
    while done := sum((work_off(house, queue) if queue else tick(house)).values()):
        total += done
    return total


def run_all(program: str) -> int:
    """Run one worker process for each queue, and stop them together."""
    processes = [subprocess.Popen([sys.executable, program, queue]) for queue in QueueName]

    def stop(signum: int, frame: FrameType | None) -> None:
        for process in processes:
            process.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while all(process.poll() is None for process in processes):
        time.sleep(POLL_EVERY)
    for process in processes:  # one fell, or all were stopped: whoever watches us starts them all again
        process.terminate()
    return max(abs(process.wait()) for process in processes)
