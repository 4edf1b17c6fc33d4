"""A restore never re-asks: what a backup has forgotten is nobody's second letter."""

import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, make_url, text

from campaigns.queues import QueueName
from tests.journeys.test_reminders import FORM
from tests.journeys.town import ROOT, Town, unsubscribe_link
from tests.shop import order


def work(place: Town, *names: str) -> str:
    """Work off what is due, in one queue or in all, and return what the worker had to say."""
    command = [sys.executable, "worker.py", *names, "--burst"]
    done = subprocess.run(command, cwd=ROOT, env=place.environ, check=True, capture_output=True)
    return done.stderr.decode()


def backup(place: Town, folder: Path) -> Callable[[], None]:
    """Copy the database as operators do, and return what brings the copy back."""
    place.house.database.close()
    url = place.house.database.engine.url
    return _copy_file(Path(url.database or ""), folder) if place.house.database.is_sqlite else _copy_database(place)


def _copy_file(file: Path, folder: Path) -> Callable[[], None]:
    copy = folder / "backup.sqlite3"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)

    def restore() -> None:
        for rest in ("-wal", "-shm"):
            file.with_name(file.name + rest).unlink(missing_ok=True)
        shutil.copy(copy, file)

    return restore


def _copy_database(place: Town) -> Callable[[], None]:
    url = make_url(place.environ["DATABASE_URL"])
    name = url.database

    def run(*statements: str) -> None:
        server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        server.dispose()

    idle = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    run(idle, f'CREATE DATABASE "{name}_backup" TEMPLATE "{name}"')
    return lambda: run(
        f'DROP DATABASE "{name}" WITH (FORCE)',
        f'CREATE DATABASE "{name}" TEMPLATE "{name}_backup"',
        f'DROP DATABASE "{name}_backup"',
    )


def receivers(place: Town) -> Counter[str]:
    return Counter(str(mail["Delivered-To"]).partition("@")[0] for mail in place.mails())


def verdicts(place: Town, order_id: str) -> tuple[str, str, list[str]]:
    [told] = place.flask("why", order_id, "--merchant", str(place.merchant))["verdicts"]
    return told["verdict"], told["reason"], [message["state"] for message in told["messages"]]


@pytest.mark.drill
def test_after_a_restore_nobody_is_asked_twice_and_whoever_buys_then_is_asked(place: Town, tmp_path: Path) -> None:
    place.start("web", "mailbox")
    place.buy("ben", email="ben@example.com")
    place.drain()
    place.buy("ana", email="ana@example.com")
    work(place, QueueName.INTAKE)
    work(place, QueueName.ENROLLMENT)
    place.stop("web")
    restore = backup(place, tmp_path)

    place.start("web")
    chloe = order(order_id="chloe", email="chloe@example.com")
    assert place.send(chloe, "msg_chloe") == 202
    place.drain()
    unsubscribe = urlsplit(unsubscribe_link(place.mails("ben@")[0])).path
    assert place.request("POST", unsubscribe, b"List-Unsubscribe=One-Click", FORM)[0] == 200
    assert receivers(place) == {"ben": 1, "ana": 1, "chloe": 1}
    place.stop("web")
    place.house.database.close()
    restore()

    said = work(place)
    assert "nothing leaves. This database is an older copy" in said
    assert "`flask --app wsgi sending restored`" in said
    assert place.flask("sending", "show")["is_older_copy"] is True
    assert sum(receivers(place).values()) == 3

    told = place.flask("sending", "restored", "--yes")
    assert (told["in_doubt"], told["reminders_cancelled"]) == (1, 1)
    place.start("web")
    assert place.send(chloe, "msg_chloe") == 202
    place.buy("dev", email="dev@example.com")
    place.drain()
    assert place.flask("sending", "show")["is_older_copy"] is False
    for later in ("P1D", "P4D", "P6D", "P9D", "P40D"):
        place.drain(later=later)

    assert receivers(place) == {"ben": 1, "ana": 1, "chloe": 1, "dev": 2}
    assert verdicts(place, "ana") == ("enrolled", "eligible", ["in_doubt"])
    assert verdicts(place, "ben") == ("enrolled", "eligible", ["sent", "cancelled"])
    assert verdicts(place, "chloe") == ("skipped", "restored", [])
    assert verdicts(place, "dev") == ("enrolled", "eligible", ["sent", "sent"])
