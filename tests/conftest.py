"""The stage: a database of each kind, a house on it, doors to knock on, and a clock that stands still."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import text
from sqlalchemy.orm import Session

from campaigns import schema
from campaigns.app import create_app
from campaigns.database import Base, Database
from campaigns.door import hang
from campaigns.house import House, open_house
from campaigns.settings import Env, Settings
from tests.services import careless_postgres_url, create_database, redis_server

# Which tables hold something, whoever points to others first: most tests leave most of them empty.
LEFT = text(
    " UNION ALL ".join(
        f"""SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM "{table.name}")"""
        for table in reversed(Base.metadata.sorted_tables)
    )
)
hypothesis.settings.register_profile("calm", deadline=None)  # no test asserts on time
hypothesis.settings.load_profile("calm")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a folder, which the processes that share its work inherit."""
    if not hasattr(config, "workerinput"):
        os.environ["ASKWELL_TEST_RUN"] = tempfile.mkdtemp(prefix="askwell-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["ASKWELL_TEST_RUN"], ignore_errors=True)


@pytest.fixture
def now() -> datetime:
    """A Saturday in November, ten in the morning in London."""
    return NOW


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Database]]:
    """Databases with every migration run, one of each kind for each test process."""
    ready: dict[str, Database] = {}

    def get(kind: str) -> Database:
        if kind not in ready:
            ready[kind] = Database(_url(kind, tmp_path_factory))
            schema.upgrade(ready[kind])
        return ready[kind]

    yield get
    for database in ready.values():
        database.close()


def _url(kind: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    if kind == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/askwell.sqlite3"
    return create_database(careless_postgres_url())


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, migrated: Callable[[str], Database]) -> Iterator[Database]:
    """An empty database: every test that asks for one runs on both kinds."""
    database = migrated(request.param)
    yield database
    with database.transaction() as session:
        if left := session.scalars(LEFT).all():
            connection = session.connection()
            for name in left:
                connection.exec_driver_sql(f'DELETE FROM "{name}"')


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session that has begun, and is committed when the test is done."""
    with database.transaction() as session:
        yield session


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(
        env=Env.DEVELOPMENT,
        database_url=database.engine.url.render_as_string(hide_password=False),
        redis_url=None,
        smtp_url="smtp://127.0.0.1:9",
        base_url="http://localhost:8000",
        secret_keys=("k" * 40,),
        port=8000,
        mailbox_port=8025,
        instance=tmp_path,
    )


@pytest.fixture
def house(settings: Settings, database: Database) -> House:
    return replace(open_house(settings), database=database)


@pytest.fixture(scope="session")
def one_app() -> Callable[[House], Flask]:
    """One application for a test process: to make one takes longer than most tests."""
    made: dict[bool, Flask] = {}

    def get(house: House) -> Flask:
        kind = house.settings.is_development
        if kind not in made:
            made[kind] = create_app(house)
            made[kind].config["TESTING"] = True
        return made[kind]

    return get


@pytest.fixture
def app(house: House, one_app: Callable[[House], Flask]) -> Iterator[Flask]:
    """The application, hung into this test's house, with nothing remembered of the one before."""
    app = one_app(house)
    config, extensions = dict(app.config), dict(app.extensions)
    for name in [name for name in extensions if name.startswith("remembered ")]:
        del app.extensions[name]
    hang(app, house)
    yield app
    app.config.clear()
    app.config.update(config)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What drives browsers: there can be only one of it in a process, whichever tests it runs."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url
