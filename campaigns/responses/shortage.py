"""A pool that runs out is said aloud: how many codes are left, and how many people wait for one."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from campaigns.catalog.campaign import campaigns_of
from campaigns.catalog.definition import Definition
from campaigns.catalog.version import latest_version
from campaigns.responses.incentive import count_empty
from campaigns.responses.pool import PoolCount, count_pools


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    pool: str
    left: int
    used: int
    waiting: int  # people who answered and have no code yet

    @property
    def is_short(self) -> bool:
        return self.left == 0

    @property
    def sentence(self) -> str:
        if not self.waiting:
            return f"Pool {self.pool} has no code left."
        people = "1 person who answered waits" if self.waiting == 1 else f"{self.waiting} people who answered wait"
        return f"Pool {self.pool} has no code left, and {people} for one."


def standings(session: Session, merchant_id: int, definitions: Iterable[Definition]) -> list[Standing]:
    """Return how every pool stands that was filled, that somebody waits for, or that one of these campaigns names."""
    counts, waiting = count_pools(session, merchant_id), count_empty(session, merchant_id)
    offers = [each.thanks.incentive for each in definitions]
    named = {offer.pool for offer in offers if offer is not None and offer.pool}
    blank = PoolCount(pool="", left=0, used=0)
    found = {pool: counts.get(pool, blank) for pool in sorted({*counts, *waiting, *named})}
    return [
        Standing(pool=pool, left=count.left, used=count.used, waiting=waiting.get(pool, 0))
        for pool, count in found.items()
    ]


def standings_now(session: Session, merchant_id: int) -> list[Standing]:
    """Return how the pools stand, by what a merchant's campaigns say now."""
    versions = [latest_version(session, campaign.id) for campaign in campaigns_of(session, merchant_id)]
    return standings(session, merchant_id, [version.definition for version in versions if version is not None])


def short(standings: Iterable[Standing]) -> list[Standing]:
    return [each for each in standings if each.is_short]
