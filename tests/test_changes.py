"""Whatever another connection commits to SQLite is noticed before it could be missed."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from campaigns.changes import Changes
from campaigns.database import Database


@pytest.fixture
def database(migrated: Callable[[str], Database]) -> Database:
    return migrated("sqlite")


@pytest.fixture
def changes(database: Database) -> Iterator[Changes]:
    made = Changes(database)
    yield made
    made.close()


def write(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO halt (merchant_id, since) VALUES (-1, '2026-11-21')"))
        session.execute(text("DELETE FROM halt WHERE merchant_id = -1"))


def test_the_first_time_anything_may_have_changed(changes: Changes) -> None:
    assert changes.have_come()


def test_a_commit_is_noticed_once(database: Database, changes: Changes) -> None:
    changes.have_come()
    quiet = changes.have_come()

    write(database)

    assert not quiet
    assert changes.have_come()
    assert not changes.have_come()


def test_what_is_not_committed_is_not_a_change_yet(database: Database, changes: Changes) -> None:
    changes.have_come()

    with database.transaction() as session:
        session.execute(text("INSERT INTO halt (merchant_id, since) VALUES (-1, '2026-11-21')"))
        before = changes.have_come()
        session.execute(text("DELETE FROM halt WHERE merchant_id = -1"))

    assert not before
    assert changes.have_come()
