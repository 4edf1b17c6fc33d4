"""The door of the shops: genuine webhooks are kept, forged and broken ones refused, doubles change nothing."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from campaigns.house import House
from campaigns.intake.purchase import Purchase
from campaigns.intake.receipt import Receipt, count_by_state
from campaigns.merchants.store import REMEMBERED_FOR, Store, new_secret, rotate_secret
from tests.intake.conftest import Shop
from tests.shop import order, post_shopify, post_standard, shopify_order

Look = Callable[[], list[Purchase]]


def receipts(house: House) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Receipt)) or 0


def test_a_genuine_webhook_becomes_a_purchase(client: FlaskClient, shop: Shop, purchases: Look) -> None:
    answer = post_standard(client, *shop.standard, order())

    assert (answer.status_code, answer.json) == (202, {"status": "accepted"})
    [purchase] = purchases()
    assert (purchase.order_id, purchase.currency, purchase.items[0]["name"]) == ("1001", "EUR", "Mug")


def test_a_repeated_webhook_records_nothing_new(client: FlaskClient, shop: Shop, house: House, purchases: Look) -> None:
    payload = order()

    answers = [post_standard(client, *shop.standard, payload, webhook_id="msg_same") for _ in range(3)]

    assert [answer.json["status"] for answer in answers if answer.json] == ["accepted", "duplicate", "duplicate"]
    assert receipts(house) == 1
    assert len(purchases()) == 1


def test_a_forged_webhook_is_refused_and_leaves_no_trace(client: FlaskClient, shop: Shop, house: House) -> None:
    forged = post_standard(client, shop.standard[0], new_secret(), order())
    unsigned = client.post(f"/webhooks/{shop.standard[0]}", json=order())
    bare = client.post(f"/webhooks/{shop.shopify[0]}", json={"id": 1})

    assert [each.status_code for each in (forged, unsigned, bare)] == [401, 401, 401]
    assert "signature" in forged.json["error"] if forged.json else False
    assert receipts(house) == 0


def test_an_unknown_store_is_not_found(client: FlaskClient, shop: Shop) -> None:
    assert post_standard(client, "nobody", shop.standard[1], order()).status_code == 404


def rotate(house: House, key: str, new: str) -> None:
    with house.database.transaction() as session:
        store = session.scalars(select(Store).where(Store.key == key)).one()
        rotate_secret(session, house.vault, store, new)


def test_a_rotated_secret_and_the_one_before_it_are_both_accepted_at_once(
    client: FlaskClient, shop: Shop, house: House
) -> None:
    key, old = shop.standard
    assert post_standard(client, key, old, order()).status_code == 202

    rotate(house, key, new := new_secret())

    assert post_standard(client, key, old, order()).status_code == 202
    assert post_standard(client, key, new, order()).status_code == 202


def test_a_secret_that_was_rotated_twice_opens_nothing_two_seconds_later(
    client: FlaskClient, shop: Shop, house: House, later: Callable[[timedelta], None]
) -> None:
    key, old = shop.standard
    assert post_standard(client, key, old, order()).status_code == 202
    rotate(house, key, new_secret())
    rotate(house, key, new := new_secret())

    later(REMEMBERED_FOR)

    assert post_standard(client, key, old, order()).status_code == 401
    assert post_standard(client, key, new, order()).status_code == 202


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        pytest.param(b"{", "not JSON", id="half a body"),
        pytest.param(b"[]", "not an object", id="a list"),
        pytest.param(b"\xff\xfe\x00", "not JSON", id="no text at all"),
        pytest.param(b"[" * 100_000, "not JSON", id="nested too deep"),
        pytest.param(b'{"type":"order.paid","data":{"order_id":NaN}}', "not JSON", id="a number that is none"),
        pytest.param(b'{"type":"order.paid","data":{"order_id":' + b"9" * 5000 + b"}}", "not JSON", id="5,000 digits"),
        pytest.param({"data": {"order_id": "1"}}, "type is missing", id="no type"),
        pytest.param({"type": "order.paid"}, "order_id is missing", id="no order"),
        pytest.param({"type": "order.paid", "data": []}, "data is a list", id="data is a list"),
        pytest.param(order(order_id=True), "order_id is true or false", id="an id that is true"),
        pytest.param(order(order_id={"a": 1}), "order_id is an object", id="an id that is an object"),
        pytest.param(order(items={"id": 1}), "items is an object", id="items is an object"),
        pytest.param(order(items=["mug"]), "items should be a list of objects", id="items are words"),
        pytest.param(order(occurred_at="yesterday"), "occurred_at should be a time", id="yesterday"),
        pytest.param(order(occurred_at=5), "occurred_at should be a time", id="a time that is a number"),
        pytest.param(order(total="much"), "total should be an amount", id="a total in words"),
        pytest.param(order(occurred_at="0001-01-01T00:00:00Z"), "occurred_at should be a time", id="the year one"),
        pytest.param(
            b'{"type":"order.paid","data":{"order_id":"1","total":1e99999999999999999999}}',
            "not JSON",
            id="a huge number",
        ),
        pytest.param(order(test="yes"), "test is text", id="test is yes"),
    ],
)
def test_an_unreadable_webhook_is_refused_with_what_was_wrong(
    client: FlaskClient, shop: Shop, house: House, payload: object, complaint: str
) -> None:
    answer = post_standard(client, *shop.standard, payload)

    assert answer.status_code == 400
    assert complaint in (answer.json or {})["error"]
    assert receipts(house) == 0


def test_an_address_no_database_can_look_for_is_not_found(client: FlaskClient, shop: Shop) -> None:
    assert client.post("/webhooks/a%00b", data=b"{}").status_code == 404


def test_forty_thousand_unknown_fields_cost_no_more_than_their_reading(client: FlaskClient, shop: Shop) -> None:
    extra: dict[str, Any] = {f"field{number}": number for number in range(40_000)}

    assert post_standard(client, *shop.standard, order(items=None, **extra)).status_code == 202


def test_two_megabytes_are_too_much(client: FlaskClient, shop: Shop, house: House) -> None:
    answer = post_standard(client, *shop.standard, order(first_name="x" * 2_000_000))

    assert answer.status_code == 413
    assert receipts(house) == 0


def test_an_unknown_topic_is_accepted_and_counted(
    client: FlaskClient, shop: Shop, house: House, purchases: Look
) -> None:
    generic = post_standard(client, *shop.standard, order("order.wrapped"))
    shopify = post_shopify(client, *shop.shopify, "products/update", b'{"id": 5}')

    assert [generic.status_code, shopify.status_code] == [202, 202]
    assert generic.json == {"status": "ignored"}
    assert purchases() == []
    with house.database.reading() as session:
        stores = list(session.scalars(select(Store.id)))
        assert count_by_state(session, stores) == {"ignored": 2}


def test_shopify_without_a_topic_is_named(client: FlaskClient, shop: Shop) -> None:
    answer = post_shopify(client, *shop.shopify, "", b'{"id": 5}')

    assert (answer.status_code, answer.json) == (400, {"error": "The header X-Shopify-Topic is missing."})


def test_the_body_is_forgotten_once_the_purchase_is_recorded(
    client: FlaskClient, shop: Shop, house: House, purchases: Look
) -> None:
    post_shopify(client, *shop.shopify, "orders/paid", json.dumps(shopify_order()).encode())
    purchases()

    with house.database.reading() as session:
        receipt = session.scalars(select(Receipt)).one()
    assert (receipt.body, receipt.state) == (None, "done")
    assert len(receipt.body_hash) == 64


def test_no_address_is_ever_logged(
    client: FlaskClient, shop: Shop, purchases: Look, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="campaigns")

    post_standard(client, *shop.standard, order(first_name="Anastasia"))
    purchases()

    assert caplog.records
    assert "ana@" not in caplog.text
    assert "Anastasia" not in caplog.text
