"""A worker outlives what it works with: a database that is away, or not yet brought up."""

from dataclasses import replace
from pathlib import Path

import pytest

from campaigns.database import Database
from campaigns.house import House
from campaigns.queues import QueueName
from campaigns.workers import Worker, drain


@pytest.mark.parametrize("queue", list(QueueName))
def test_a_database_that_was_never_brought_up_is_trouble_and_not_the_end(
    house: House, tmp_path: Path, queue: QueueName, caplog: pytest.LogCaptureFixture
) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite3")

    Worker(replace(house, database=empty), queue).look()

    assert "has trouble with the database" in caplog.text
    empty.close()


def test_draining_an_empty_house_ends_at_once(house: House) -> None:
    assert drain(house) == 0
