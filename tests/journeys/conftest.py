"""Where the journeys happen: a town on each database, with a Chromium for those that need one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests.journeys.town import Town, town
from tests.kinds import IN_THE_DRILL
from tests.services import careless_postgres_url, create_database, redis_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
# A person's browser does not say that it is driven; the page would believe nothing of one that does.
FLAGS += ["--disable-component-update", "--disable-blink-features=AutomationControlled"]


def database_url(kind: str, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder}/askwell.sqlite3"
    return create_database(careless_postgres_url())


@pytest.fixture(params=["sqlite", IN_THE_DRILL])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """A town without a bell, on each database; its processes are the journey's to start."""
    with town(tmp_path, database_url(request.param, tmp_path)) as place:
        yield place


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with everything running: web, mailbox, Redis, all workers and the heartbeat."""
    folder = tmp_path_factory.mktemp("city")
    with redis_server() as url, town(folder, database_url("sqlite", folder), url) as place:
        place.start("web", "mailbox")
        place.start_workers()
        yield place


@pytest.fixture
def busy_place(city: Town) -> Town:
    """The city, with a merchant in it whom no journey before has met."""
    city.welcome()
    return city


@pytest.fixture(scope="session")
def browser(driver: Playwright) -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no Chromium; a browser test is never skipped there")
        pytest.skip("no Chromium on this machine")
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()
