"""The whole schema in one place: every table, and the way from one version of it to another."""

import logging
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import ModuleType

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from campaigns.audience import contact, suppression
from campaigns.catalog import campaign, own_template, version
from campaigns.database import Base, Database
from campaigns.delivery import alerts, halt, news_item, relay, trip
from campaigns.delivery.esp import event_receipt, source
from campaigns.delivery.inbound import inbound_mail
from campaigns.enrollment import enrollment, message, note, restoration
from campaigns.house import House
from campaigns.intake import purchase, receipt
from campaigns.merchants import dkim_key, merchant, sign_in, staff, store
from campaigns.responses import box, comment, hit, incentive, pool, remedy, response, rule_book, ruling

log = logging.getLogger(__name__)

ONE_AT_A_TIME = 2026_11_21  # the number of the lock that migrations take
NOUNS: tuple[ModuleType, ...] = (
    *(merchant, store, staff, sign_in, campaign, version, contact, suppression),
    *(receipt, purchase, enrollment, message, hit, response, dkim_key, relay, halt, restoration),
    *(note, incentive, pool, box, comment, own_template),
    *(news_item, trip, alerts, source, event_receipt, inbound_mail),
    *(ruling, rule_book, remedy),
)


class Standing(StrEnum):
    HEAD = "head"
    BEHIND = "behind"
    AHEAD = "ahead"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _run(engine: Engine, step: str, revision: str) -> None:
    config = _config()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # SQLite's own lock is taken already
            connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
        config.attributes["connection"] = connection
        (command.upgrade if step == "up" else command.downgrade)(config, revision)


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema up to a revision; nothing happens where it is there already."""
    if database.is_sqlite and database.engine.url.database:
        Path(database.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    _run(database.engine, "up", revision)


def follow_code(house: House) -> None:
    """Bring a development database up by itself at the start of a process; production is asked to.

    A database that is away is not waited for: whoever needs it will say so.
    """
    if not house.settings.is_development:
        return
    try:
        upgrade(house.database)
    except OperationalError as error:
        log.warning("the schema was not looked at: %s", type(error).__name__)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to a revision, or to nothing with "base"."""
    _run(database.engine, "down", revision)


def current(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def standing(database: Database) -> Standing:
    """Return how the schema stands to this code; one this code has never heard of is newer."""
    revision, known = current(database), _revisions()
    if revision == known[0]:
        return Standing.HEAD
    return Standing.BEHIND if revision is None or revision in known else Standing.AHEAD


@cache
def _revisions() -> tuple[str, ...]:
    """Every version of the schema this code knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def drift(database: Database) -> list[object]:
    """Return what the migrations and the tables disagree on; an empty list where they are one."""
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))
