"""Two stores of one merchant, one of each kind, and a way to see what became of their webhooks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaigns import clock
from campaigns.house import House
from campaigns.intake.jobs import record_purchases
from campaigns.intake.purchase import Purchase
from campaigns.merchants.store import StoreKind
from tests.factories import make_merchant, make_store


@dataclass(frozen=True)
class Shop:
    merchant_id: int
    standard: tuple[str, str]  # key, secret
    shopify: tuple[str, str]


@pytest.fixture
def shop(house: House) -> Shop:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        standard = make_store(session, house.vault, merchant)
        shopify = make_store(session, house.vault, merchant, kind=StoreKind.SHOPIFY, secret="hush")
        keys = (standard.key, standard.secrets(house.vault)[0])
        return Shop(merchant.id, keys, (shopify.key, "hush"))


@pytest.fixture
def purchases(house: House) -> Callable[[], list[Purchase]]:
    """Work off what waits and return every purchase there is."""

    def look() -> list[Purchase]:
        record_purchases(house)
        with house.database.reading() as session:
            return list(session.scalars(select(Purchase).order_by(Purchase.id)))

    return look


@pytest.fixture
def later() -> Iterator[Callable[[timedelta], None]]:
    """Let time pass without waiting for it."""
    yield clock.shift
    clock.shift(timedelta())
