"""The servers behind the house, each of the drill's own, to be stopped, frozen and killed."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from redis import Redis, RedisError
from sqlalchemy import create_engine, text

from campaigns.develop import redis_binary
from tests.services import create_database, patiently, psycopg_url, start_postgres


class OwnRedis:
    """A Redis on a socket of its own, without persistence: what it loses is lost."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="askwell-drill-redis-"))
        self._socket = self._folder / "redis.sock"
        self.url = f"unix://{self._socket}"
        self.start()

    def start(self) -> None:
        binary = redis_binary()
        assert binary, "no redis-server: install tests/requirements.txt, or Redis where there is no wheel of it"
        command = [binary, "--port", "0", "--unixsocket", str(self._socket), "--dir", str(self._folder), "--save", ""]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        for _ in range(200):
            with suppress(RedisError):
                if self._client().ping():
                    return
            time.sleep(0.02)
        raise AssertionError("Redis does not come up")

    def flush(self) -> None:
        self._client().flushall()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _client(self) -> Redis:
        return Redis.from_url(self.url, socket_timeout=1)


class OwnPostgres:
    """A PostgreSQL of the drill's own, so that nobody else's is ever broken."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="askwell-drill-postgres-"))
        self._server = start_postgres(self._folder, "delete")

    @property
    def url(self) -> str:
        return psycopg_url(self._server)

    def new_database(self) -> str:
        return create_database(self.url)

    def crash(self) -> None:
        """Stop it without a checkpoint, as a power cut would, and bring it up again."""
        pid = self._server.get_pid()
        assert pid
        os.kill(pid, signal.SIGQUIT)
        for _ in range(500):
            if not (self._folder / "postmaster.pid").exists():
                break
            time.sleep(0.02)
        patiently(self._server.ensure_postgres_running)

    def cut_connections(self, database_url: str) -> int:
        """Terminate every connection to a database but the one that asks; returns how many."""
        engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
        others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        with engine.connect() as connection:
            query = f"{others} WHERE datname = current_database() AND pid <> pg_backend_pid()"
            count = connection.scalar(text(query))
        engine.dispose()
        return int(count or 0)

    def close(self) -> None:
        self._server.cleanup()


@contextmanager
def own_redis() -> Iterator[OwnRedis]:
    redis = OwnRedis()
    try:
        yield redis
    finally:
        redis.thaw()
        redis.close()
