"""Webhooks that come together are kept together, and each is told whether it was new."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from campaigns.house import House
from campaigns.intake.event import EventKind
from campaigns.intake.receipt import Delivery, Receipt, Received, keep_all
from campaigns.merchants.store import Store
from tests.intake.conftest import Shop
from tests.shop import order, post_standard

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
def store_id(house: House, shop: Shop) -> int:
    with house.database.reading() as session:
        return session.scalars(select(Store.id).where(Store.key == shop.standard[0])).one()


def received(store_id: int, name: str, kind: EventKind | None = EventKind.PAID) -> Received:
    return Received(store_id, Delivery(delivery_id=name, topic="order.paid", headers={}, body=b"{}", kind=kind), NOW)


def test_of_the_same_twice_in_one_batch_one_is_new(house: House, store_id: int) -> None:
    batch = [received(store_id, name) for name in ("b", "a", "b", "c", "a")]

    with house.database.transaction() as session:
        assert keep_all(session, batch) == [True, True, False, True, False]
        assert keep_all(session, batch) == [False] * 5


def test_what_means_nothing_to_us_is_counted_and_not_kept(house: House, store_id: int) -> None:
    with house.database.transaction() as session:
        keep_all(session, [received(store_id, "known"), received(store_id, "unknown", None)])
        states = {row.delivery_id: (row.state, row.body) for row in session.scalars(select(Receipt))}

    assert states == {"known": ("new", b"{}"), "unknown": ("ignored", None)}


def test_sixteen_shops_that_knock_at_once_are_each_told_their_own(app: Flask, house: House, shop: Shop) -> None:
    def knock(number: int) -> tuple[int, str]:
        secret = shop.standard[1] if number % 4 else "whsec_" + "A" * 43 + "="
        answer = post_standard(app.test_client(), shop.standard[0], secret, order(), f"msg_{number // 2}")
        return answer.status_code, (answer.json or {}).get("status", "")

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(knock, range(64)))

    assert [status for status, _ in told[::4]] == [401] * 16
    for number in range(2, 64, 4):
        assert sorted(told[number : number + 2]) == [(202, "accepted"), (202, "duplicate")]
    with house.database.reading() as session:
        kept = set(session.scalars(select(Receipt.delivery_id)))
    assert kept == {f"msg_{number // 2}" for number in range(64) if number % 4}
