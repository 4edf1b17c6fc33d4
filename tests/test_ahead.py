"""What is asked ahead of PostgreSQL is answered as of when it was asked, and a lost answer is never taken for one."""

import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DisconnectionError

from campaigns.ahead import Ahead
from campaigns.among import among
from campaigns.database import Database
from campaigns.delivery.halt import Halt

QUESTION = select(Halt.merchant_id).where(among(Halt.merchant_id, "ids"), Halt.reason == bindparam("why"))


@pytest.fixture
def database(migrated: Callable[[str], Database]) -> Iterator[Database]:
    found = migrated("postgres")
    with found.transaction() as session:
        session.execute(text("INSERT INTO halt (merchant_id, since, reason) VALUES (-1, now(), 'a'), (-2, now(), 'b')"))
    yield found
    with found.transaction() as session:
        session.execute(text("DELETE FROM halt WHERE merchant_id < 0"))


@pytest.fixture
def ahead(database: Database) -> Iterator[Ahead]:
    made = Ahead(database, QUESTION, "ids", "why")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("ids", "why", "expected"), [([-1, -2], "a", {-1}), ([-1, -2, -3], "b", {-2}), ([-3], "a", set()), ([], "a", set())]
)
def test_it_is_answered(ahead: Ahead, ids: list[int], why: str, expected: set[int]) -> None:
    ahead.ask(ids, why)

    assert ahead.is_asked
    assert ahead.answer(wait=True) == expected
    assert not ahead.is_asked


def test_nothing_asked_is_nothing_answered(ahead: Ahead) -> None:
    assert ahead.answer(wait=True) is None


def test_the_answer_comes_by_itself(ahead: Ahead) -> None:
    ahead.ask([-1], "a")
    until = time.monotonic() + 10

    while (answer := ahead.answer(wait=False)) is None and time.monotonic() < until:
        pass

    assert answer == {-1}


def test_each_question_sees_what_is_committed_by_then(database: Database, ahead: Ahead) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE halt SET reason = 'c' WHERE merchant_id = -1"))
        ahead.ask([-1], "a")
        before = ahead.answer(wait=True)
    ahead.ask([-1], "a")

    assert before == {-1}
    assert ahead.answer(wait=True) == set()


def test_a_connection_that_broke_is_no_answer_and_is_not_used_again(database: Database, ahead: Ahead) -> None:
    with database.reading() as session:
        everybody_else = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        session.execute(text(everybody_else))

    with pytest.raises(DisconnectionError, match="did not answer"):
        ahead.ask([-1], "a")
        ahead.answer(wait=True)

    assert not ahead.is_asked
    database.engine.dispose()  # others of the pool were cut off too


def test_an_answer_nobody_waited_for_does_not_reach_the_next_who_uses_the_connection(database: Database) -> None:
    first = Ahead(database, QUESTION, "ids", "why")
    first.ask([-1], "a")
    first.close()

    second = Ahead(database, QUESTION, "ids", "why")
    second.ask([-2], "b")

    assert second.answer(wait=True) == {-2}
    second.close()
