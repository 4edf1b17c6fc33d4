"""Every persona acts over HTTP against a real server, some in a real browser, and gets the verdict it expects.

To add one, add a file to `cast/`; nothing else knows them by name.
"""

import importlib
import pkgutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from heapq import heapify, heappop, heappush
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from campaigns import clock, schema
from campaigns.house import open_house
from campaigns.responses.jobs import fold_answers, mature_answers
from campaigns.settings import Settings
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.personas import cast
from tests.personas.stage import Acting, Expected, Letter, Place
from tests.reports.rows import make_shop
from tests.web import served

NAMES = [module.name for module in pkgutil.iter_modules(cast.__path__)]
CAST = {name: importlib.import_module(f"{cast.__name__}.{name}") for name in NAMES}
AFTER_THE_HOLD = timedelta(minutes=16)
pytestmark = pytest.mark.browser


@pytest.fixture
def place(tmp_path: Path, driver: Playwright) -> Iterator[Place]:
    url = f"sqlite:///{tmp_path}/askwell.sqlite3"
    environ = {"INSTANCE_DIR": str(tmp_path), "DATABASE_URL": url, "SECRET_KEY": "p" * 40, "PROXIES": "1"}
    house = open_house(Settings.from_env(environ))
    schema.upgrade(house.database)
    with house.database.transaction() as session:
        shop = make_shop(session)
    with ExitStack() as stack:
        server = stack.enter_context(served("wsgi:app", environ))
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--headless=new", *FLAGS])
        stack.callback(browser.close)
        stack.callback(house.database.close)
        yield Place(server.port, house, shop, browser)
    clock.shift(timedelta())


def test_everybody_gets_the_verdict_they_expect(place: Place) -> None:
    places = {name: replace(place, letters=[], pages=[]) for name in CAST}

    troubles = play({name: CAST[name].act(places[name]) for name in CAST})
    fold_answers(place.house)
    clock.shift(AFTER_THE_HOLD)
    mature_answers(place.house)

    for name, module in CAST.items():
        for letter in places[name].letters:
            troubles += disagreements(name, module.EXPECTED, places[name], letter)
    assert not troubles, "\n".join(troubles)


def play(acts: dict[str, Acting]) -> list[str]:
    """Let everybody act at the same time, each until they wait; returns what went wrong."""
    troubles = []
    waiting = [(time.monotonic(), name) for name in acts]
    heapify(waiting)
    while waiting:
        at, name = heappop(waiting)
        time.sleep(max(0.0, at - time.monotonic()))
        try:
            heappush(waiting, (time.monotonic() + next(acts[name]), name))
        except StopIteration:
            continue
        except Exception as error:  # noqa: BLE001 - everybody else still acts
            troubles.append(f"{name} could not act: {error!r}")
    return troubles


def disagreements(name: str, expected: Expected, place: Place, letter: Letter) -> list[str]:
    try:
        found = place.outcome(letter)
    except AssertionError as error:
        return [f"{name}: {error}"]
    if found.reasons >= expected.reasons:
        found = replace(found, reasons=expected.reasons)
    return [] if found == expected else [f"{name}: {expected} was expected, and it is {found}"]
