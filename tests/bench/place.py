"""An installation for the bench: a database of one kind, migrated and empty, and what its processes are started with."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from campaigns import schema
from campaigns.house import House, open_house
from campaigns.settings import Settings
from tests.services import create_database, postgres_url

POSTGRES = Path(tempfile.gettempdir()) / "askwell-bench-postgres"


@dataclass(frozen=True, slots=True)
class Place:
    kind: str
    folder: Path
    environ: dict[str, str]
    house: House

    def sending_to(self, port: int, name: str = "") -> "Place":
        """Return the same place with another mail server, and files of its own where it has a name."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        own = {"SMTP_URL": f"smtp://127.0.0.1:{port}", "INSTANCE_DIR": str(folder)}
        environ = {**self.environ, **own}
        house = replace(self.house, settings=Settings.from_env(environ))
        return replace(self, environ=environ, folder=folder, house=house)

    def for_a_process(self) -> dict[str, str]:
        return {**os.environ, **self.environ}

    def tidy(self) -> None:
        """Let no round pay for what the one before it left behind, nor be taken for a restored backup."""
        (self.house.settings.instance / "journals" / "watermark").unlink(missing_ok=True)
        engine = self.house.database.engine.execution_options(isolation_level="AUTOCOMMIT")
        raw = engine.raw_connection()
        try:
            if self.kind == "sqlite":
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return
        finally:
            raw.close()
        with engine.connect() as connection:
            connection.execute(text("VACUUM (ANALYZE) message"))
            connection.execute(text("CHECKPOINT"))


def database_of(kind: str, folder: Path) -> str:
    """Return the URL of a new database that keeps what it promised through a power cut."""
    return f"sqlite:///{folder}/askwell.sqlite3" if kind == "sqlite" else create_database(postgres_url(POSTGRES))


@contextmanager
def open_place(kind: str, redis_url: str = "") -> Iterator[Place]:
    """Make a place of one kind, SQLite or PostgreSQL, and leave nothing of it behind."""
    folder = Path(tempfile.mkdtemp(prefix="askwell-bench-"))
    url = database_of(kind, folder)
    environ = {
        "INSTANCE_DIR": str(folder),
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "SMTP_URL": "smtp://127.0.0.1:9",
        "BASE_URL": "https://ask.harbour.example",
        "SECRET_KEY": "b" * 40,
        "CLOCK_OFFSET": "",
        "ASKWELL_ENV": "development",
    }
    house = open_house(Settings.from_env(environ))
    try:
        schema.upgrade(house.database)
        yield Place(kind, folder, environ, house)
    finally:
        house.database.close()
        if kind == "postgres":
            _drop(url)
        shutil.rmtree(folder, ignore_errors=True)


def _drop(url: str) -> None:
    server = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)'))
    server.dispose()
