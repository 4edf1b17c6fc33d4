"""What a shop or a person was told is kept is kept, also when the power goes the moment after."""

import itertools
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from campaigns import schema
from campaigns.house import House, open_house
from campaigns.intake.receipt import Receipt
from campaigns.responses.hit import Hit, HitKind
from campaigns.settings import Settings
from tests.bench_doors import Crowd, gather
from tests.journeys.conftest import database_url
from tests.load import ask
from tests.web import served

PEOPLE = 16
ENOUGH = 300  # of each are accepted before the power goes
LETTERS = 400  # of one letter a hundred answers are kept, and more would take the place of the latest
PATIENCE = 60  # seconds until then
Make = Callable[[str], bytes]


class Knocker(threading.Thread):
    """Sends one thing after the other and remembers what was accepted, until nobody answers any more."""

    def __init__(self, port: int, number: int, make: Make) -> None:
        super().__init__()
        self._port, self._number, self._make = port, number, make
        self.accepted: list[str] = []

    def run(self) -> None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 20) as connection:
            for count in range(100_000):
                name = f"{self._number}-{count}"
                if ask(connection, self._make(name)) in {202, 303}:
                    self.accepted.append(name)


@pytest.mark.drill
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_everything_that_was_accepted_outlives_a_kill(kind: str, tmp_path: Path) -> None:
    environ = {"INSTANCE_DIR": str(tmp_path), "DATABASE_URL": database_url(kind, tmp_path)}
    house = open_house(Settings.from_env(environ))
    schema.upgrade(house.database)
    crowd = gather(house, letters=LETTERS)

    with served("wsgi:app", environ) as server:
        shops = [Knocker(server.port, number, crowd.webhook) for number in range(PEOPLE // 2)]
        people = [Knocker(server.port, number, answering(crowd, number)) for number in range(PEOPLE // 2)]
        for each in [*shops, *people]:
            each.start()
        until = time.monotonic() + PATIENCE
        while min(len(accepted(shops)), len(accepted(people))) < ENOUGH and time.monotonic() < until:
            time.sleep(0.01)
        server.kill()
        for each in [*shops, *people]:
            each.join()

    receipts, comments = rows(house)
    house.database.close()
    sent, said = accepted(shops), accepted(people)
    assert min(len(sent), len(said)) >= ENOUGH
    assert sent - receipts == set()
    assert said - comments == set()


def answering(crowd: Crowd, number: int) -> Make:
    letters = itertools.cycle(crowd.message_ids[number :: PEOPLE // 2])
    return lambda name: crowd.answer(next(letters), name)


def accepted(knockers: list[Knocker]) -> set[str]:
    return {name for each in knockers for name in each.accepted}


def rows(house: House) -> tuple[set[str], set[str]]:
    """Return the webhooks and the comments that are there."""
    with house.database.reading() as session:
        receipts = set(session.scalars(select(Receipt.delivery_id)))
        answers = session.scalars(select(Hit.answers).where(Hit.kind == HitKind.ANSWER))
        return receipts, {answer["comment"] for answer in answers if answer}
