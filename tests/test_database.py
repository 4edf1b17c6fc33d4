"""Both databases keep the same promises, and the schema can go back the way it came."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from campaigns import schema
from campaigns.audience.suppression import Suppression, SuppressionReason, suppress
from campaigns.database import Base, Database
from campaigns.merchants.merchant import Merchant
from tests.factories import NOW, make_merchant
from tests.services import careless_postgres_url, create_database


def test_the_migrations_and_the_tables_are_one(database: Database) -> None:
    assert schema.drift(database) == []
    assert schema.current(database) == schema.head()


def test_every_migration_has_a_way_back(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new/askwell.sqlite3")

    schema.upgrade(database)
    schema.downgrade(database, "base")
    schema.upgrade(database)

    assert schema.drift(database) == []
    database.close()


def test_processes_that_start_together_bring_a_fresh_database_up_once(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/askwell.sqlite3", create_database(careless_postgres_url())):
        databases = [Database(url) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(schema.upgrade, databases))

        assert schema.drift(databases[0]) == []
        for database in databases:
            database.close()


def test_a_moment_comes_back_aware_and_the_same(database: Database) -> None:
    local = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5)))
    with database.transaction() as session:
        make_merchant(session, created_at=local)

    with database.reading() as session:
        found = session.scalars(select(Merchant.created_at)).one()

    assert found == local
    assert found.tzinfo is UTC


def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"), database.transaction() as session:
        make_merchant(session, created_at=NOW.replace(tzinfo=None))


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        make_merchant(session)
        raise RuntimeError

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Merchant)) == 0


def test_two_at_once_insert_one_row(database: Database) -> None:
    with database.transaction() as session:
        merchant_id = make_merchant(session).id
    won: list[bool] = []

    def insert() -> None:
        with database.transaction() as session:
            won.append(suppress(session, merchant_id, "f" * 64, SuppressionReason.MANUAL, NOW))

    threads = [Thread(target=insert) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(won) == [False, False, False, True]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Suppression)) == 1


def test_every_row_of_a_merchant_can_be_told_by_its_merchant() -> None:
    shared = {"merchant", "campaign_version", "sign_in", "receipt"}  # theirs through one parent
    of_everybody = {"restoration"}  # a backup is of the whole house

    scoped = {table.name for table in Base.metadata.sorted_tables if "merchant_id" in table.columns}

    assert scoped | shared | of_everybody == set(Base.metadata.tables)


def test_sqlite_survives_a_power_cut_and_waits_for_writers(migrated: Callable[[str], Database]) -> None:
    with migrated("sqlite").engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20000}
