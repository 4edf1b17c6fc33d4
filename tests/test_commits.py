"""Everybody is told what became of what they brought, and nobody of success before it is kept."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from campaigns.commits import Commits
from campaigns.database import Database
from campaigns.merchants.merchant import Merchant
from tests.factories import make_merchant

PATIENCE = 20  # seconds until a test gives up


def keep_names(session: Session, names: Sequence[str]) -> list[int]:
    """Keep a merchant of each name; one named "bad" breaks whatever it is recorded with."""
    ids = [make_merchant(session, name=name).id for name in names]
    if "bad" in names:
        raise ValueError("bad")
    return ids


def kept(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(select(Merchant.name)))


class Gate:
    """Transactions on a database, of which the first waits until it is let go; counts them."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        self.may_end = threading.Event()
        self._database = database

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        self.count += 1
        with self._database.transaction() as session:
            yield session
            assert self.may_end.wait(PATIENCE)

    def bring_together(self, commits: Commits, names: list[str]) -> dict[str, Future[int]]:
        """Let the first begin alone, and all others gather while it is being committed."""
        with ThreadPoolExecutor(len(names)) as pool:
            brought = {names[0]: pool.submit(commits.add, keep_names, names[0])}
            while self.count == 0:
                pass
            brought |= {name: pool.submit(commits.add, keep_names, name) for name in names[1:]}
            while len(commits._waiting) < len(names) - 1:
                pass
            self.may_end.set()
            wait(brought.values(), PATIENCE)
        return brought


def test_those_who_come_while_one_commits_share_the_next_commit(database: Database) -> None:
    gate = Gate(database)

    brought = gate.bring_together(Commits(gate.transaction), [f"shop {number}" for number in range(16)])

    assert gate.count == 2
    with database.reading() as session:
        ids = {merchant.name: merchant.id for merchant in session.scalars(select(Merchant))}
    assert {name: future.result() for name, future in brought.items()} == ids
    assert len(ids) == 16


def test_what_cannot_be_recorded_fails_alone(database: Database) -> None:
    gate = Gate(database)

    brought = gate.bring_together(Commits(gate.transaction), ["a", "b", "bad", "c"])

    assert [name for name, future in brought.items() if future.exception() is not None] == ["bad"]
    assert isinstance(brought["bad"].exception(), ValueError)
    assert kept(database) == ["a", "b", "c"]


def test_nobody_is_told_of_success_where_the_commit_fails(database: Database) -> None:
    gate = Gate(database)
    trouble = [OSError("the disk is full")]

    @contextmanager
    def transaction() -> Iterator[Session]:
        with gate.transaction() as session:
            yield session
            if gate.count == 2:
                raise trouble[0]

    commits = Commits(transaction)
    brought = gate.bring_together(commits, ["a", "b", "c"])

    assert [future.exception() for future in brought.values()] == [None, trouble[0], trouble[0]]
    assert kept(database) == ["a"]
    assert commits.add(keep_names, "d")
    assert kept(database) == ["a", "d"]


def test_a_database_that_is_away_is_asked_once_for_all() -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:9/none")

    with pytest.raises(DBAPIError):
        away.together(keep_names, "a")


def test_many_at_once_lose_nothing_and_mix_nothing_up(database: Database) -> None:
    names = [f"{'bad' if number % 9 == 0 else number}" for number in range(90)]

    def bring(name: str) -> Any:
        try:
            return database.together(keep_names, name)
        except ValueError:
            return "refused"

    with ThreadPoolExecutor(16) as pool:
        told = dict(zip(range(90), pool.map(bring, names), strict=True))

    assert kept(database) == sorted(name for name in names if name != "bad")
    assert {number for number, answer in told.items() if answer == "refused"} == set(range(0, 90, 9))
    with database.reading() as session:
        ids = {merchant.name: merchant.id for merchant in session.scalars(select(Merchant))}
    assert all(told[number] == ids[names[number]] for number in told if number % 9)
