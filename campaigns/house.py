"""What every door and job is given: the settings, the database, the bell, keys, links."""

from dataclasses import dataclass

from campaigns import clock
from campaigns.database import Database
from campaigns.links import Links
from campaigns.queues import Bell
from campaigns.settings import Settings
from campaigns.tokens import Tokens
from campaigns.vault import Vault


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    database: Database
    bell: Bell
    tokens: Tokens
    vault: Vault
    links: Links


def open_house(settings: Settings) -> House:
    """Connect nothing yet, but hold all that is needed to; sets this process's clock."""
    clock.shift(settings.clock_offset)
    tokens = Tokens(settings.secret_keys)
    return House(
        settings=settings,
        database=Database(settings.database_url),
        bell=Bell(settings.redis_url),
        tokens=tokens,
        vault=Vault(settings.secret_keys),
        links=Links(settings.base_url, tokens),
    )
