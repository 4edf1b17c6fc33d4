"""One way to a database, SQLite or PostgreSQL, and one way to open a transaction on it."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    Result,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

from campaigns.commits import Commits, Record

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

# SQLite numbers rows by itself only where the key is exactly INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
READING = "askwell_reading"
RESTS_SINCE = "askwell_rests_since"
BELIEVED_FOR = 0.002  # seconds for which what was asked of PostgreSQL is taken to be so still (SQLite is asked again)
ACTED_ON_WITHIN = 0.001  # seconds in which what is believed is acted on
RESTED = 1.0  # seconds after which a connection may have been lost; asking costs a round trip


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment; SQLite, which knows no zones, is given UTC and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time reached the database")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        return _read_utc if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _read_utc(text: str | None) -> datetime | None:
    """Read what SQLite keeps of a moment at once, and not in the steps of both types: a letter has eight."""
    return datetime.fromisoformat(f"{text}+00:00") if text else None


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


class Database:
    """A database by its URL; sessions come only from `transaction` and `reading`."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, hide_parameters=True)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "checkin", _note_rest)
            event.listen(self.engine, "checkout", self._wake)
        self._reading: Engine = self.engine.execution_options(**{READING: True})
        self._commits = Commits(self.transaction)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session that commits when the block ends and rolls back when it raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def together(self, record: Record[Item, Outcome], item: Item) -> Outcome:
        """Record an item in one transaction with all that this process's doors bring at the same time.

        Returns what came of it once that transaction is committed, or raises what recording it raised.
        """
        return self._commits.add(record, item)

    def be_honoured(self) -> None:
        """Wait until nobody acts any more on what was so before the last commit.

        A door that tells a person "no more letters" says so only then, and it is true as it is said.
        """
        if not self.is_sqlite:
            time.sleep(BELIEVED_FOR + ACTED_ON_WITHIN)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only looks; on SQLite it waits for no writer."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def lookout(self) -> Iterator[Callable[[], Session]]:
        """Yield what opens sessions that see what is committed by then: one round trip a look, over one connection."""
        if self.is_sqlite:
            yield lambda: Session(self._reading)
            return
        with self.engine.connect() as connection:
            always_now = connection.execution_options(isolation_level="AUTOCOMMIT")
            yield lambda: Session(always_now)

    def close(self) -> None:
        self.engine.dispose()

    def _wake(self, connection: DBAPIConnection, entry: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
        """Ask a connection that rested whether its server is still there; one just used is believed."""
        if time.monotonic() - entry.info.get(RESTS_SINCE, 0.0) < RESTED:
            return
        try:
            self.engine.dialect.do_ping(connection)
        except self.engine.dialect.loaded_dbapi.Error:
            raise DisconnectionError from None  # the pool makes another


def _note_rest(_: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    entry.info[RESTS_SINCE] = time.monotonic()


def _prepare_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    """Leave transactions to us, survive a power cut, and wait for other writers."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a read upgraded to a write later may find it gone."""
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def insert_if_absent(session: Session, row: type[Base], values: dict[str, Any]) -> int | None:
    """Insert a row unless one of its unique keys is taken; return its id, or None where it was."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    table = row.__table__
    statement = insert(row).values(values).on_conflict_do_nothing().returning(table.c.id)
    return session.execute(statement).scalar_one_or_none()


def insert_new(
    session: Session, row: type[Base], rows: list[dict[str, Any]], key: tuple[str, ...]
) -> set[tuple[Any, ...]]:
    """Insert the rows of which no unique key is taken, and return the `key` of each that was inserted."""
    statement = _inserting_new(row, key, session.get_bind().dialect.name)
    return {tuple(found) for found in session.connection().execute(statement, rows)}


@cache
def _inserting_new(row: type[Base], key: tuple[str, ...], dialect: str) -> Executable:
    """Build the statement once: building it costs more than running it."""
    insert, table = (
        (postgresql.insert if dialect == "postgresql" else sqlite.insert),
        Base.metadata.tables[row.__tablename__],
    )
    return insert(table).on_conflict_do_nothing().returning(*(table.c[name] for name in key))


def changed(result: Result[Any]) -> bool:
    """Whether a conditional update found its row: the one way a claim is won or lost."""
    return isinstance(result, CursorResult) and result.rowcount == 1
