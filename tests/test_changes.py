"""Whatever another connection commits is noticed before it could be missed."""

import time

from sqlalchemy import text

from campaigns.changes import Changes
from campaigns.database import Database

A_MOMENT = 0.02


def write(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE merchant SET name = name WHERE id = -1"))
        session.execute(text("INSERT INTO halt (merchant_id, since) VALUES (-1, '2026-11-21')"))
        session.execute(text("DELETE FROM halt WHERE merchant_id = -1"))


def test_the_first_time_anything_may_have_changed(database: Database) -> None:
    changes = Changes(database)

    assert changes.may_have_come(A_MOMENT)
    changes.close()


def test_a_commit_is_noticed_once(database: Database) -> None:
    changes = Changes(database)
    changes.may_have_come(A_MOMENT)
    quiet = changes.may_have_come(A_MOMENT)

    write(database)
    time.sleep(A_MOMENT * 1.5)

    assert not quiet
    assert changes.may_have_come(A_MOMENT)
    assert not changes.may_have_come(A_MOMENT)
    changes.close()


def test_what_is_not_committed_is_not_a_change_yet(database: Database) -> None:
    changes = Changes(database)
    changes.may_have_come(A_MOMENT)

    with database.transaction() as session:
        session.execute(text("INSERT INTO halt (merchant_id, since) VALUES (-1, '2026-11-21')"))
        before = changes.may_have_come(A_MOMENT) if database.is_sqlite else False
    time.sleep(A_MOMENT * 1.5)

    assert not before
    assert changes.may_have_come(A_MOMENT)
    changes.close()


def test_where_a_database_cannot_be_asked_nothing_is_believed_for_long(database: Database) -> None:
    changes = Changes(database)
    changes.may_have_come(A_MOMENT)
    time.sleep(A_MOMENT * 1.5)

    assert changes.may_have_come(A_MOMENT) == (not database.is_sqlite)
    changes.close()
