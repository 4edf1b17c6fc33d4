"""A genuine purchase is recorded exactly once, in whatever order its webhooks arrive."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns.audience.contact import Contact
from campaigns.house import House
from campaigns.intake.event import EventKind, Item, OrderEvent, Refund
from campaigns.intake.jobs import record_purchases
from campaigns.intake.purchase import Purchase, merge
from campaigns.intake.receipt import Receipt, mark_stuck
from tests.intake.conftest import Shop
from tests.shop import order, post_shopify, post_standard, shopify_order

Look = Callable[[], list[Purchase]]


def test_an_id_beyond_two_to_the_53rd_keeps_every_digit(client: FlaskClient, shop: Shop, purchases: Look) -> None:
    post_shopify(client, *shop.shopify, "orders/fulfilled", json.dumps(shopify_order()).encode())

    [purchase] = purchases()

    assert purchase.order_id == "820982911946154508"
    assert [item["id"] for item in purchase.items] == ["866550311766439020", "141249953214522974"]
    assert (purchase.total, purchase.country, purchase.tags) == (Decimal("388.00"), "US", ["tag1", "tag2"])


def test_the_address_of_the_order_is_taken_before_the_customers_own(
    client: FlaskClient, shop: Shop, house: House, purchases: Look
) -> None:
    post_shopify(client, *shop.shopify, "orders/fulfilled", json.dumps(shopify_order()).encode())
    purchases()

    with house.database.reading() as session:
        assert session.scalars(select(Contact.email)).all() == ["jon@example.com"]


@pytest.mark.parametrize(
    ("email", "problem"),
    [
        (None, "missing"),
        ("  ", "missing"),
        ('"a\r\nBcc: x"@y', "invalid"),
        ("ana@example.com\nBcc: eve@example.com", "invalid"),
        ("not an address", "invalid"),
        ("x@scs.tiktokw.us", "relay"),
        ("abc123@marketplace.amazon.de", "relay"),
        ("ana@privaterelay.appleid.com", ""),
        ("ANA@EXAMPLE.COM", ""),
        ("ana@bücher.example", ""),
    ],
)
def test_an_address_is_good_or_its_problem_is_kept(
    client: FlaskClient, shop: Shop, purchases: Look, email: str | None, problem: str
) -> None:
    assert post_standard(client, *shop.standard, order(email=email)).status_code == 202

    [purchase] = purchases()

    assert purchase.address_problem == problem
    assert (purchase.contact_id is None) is bool(problem)


def test_hostile_and_foreign_text_is_kept_as_text(
    client: FlaskClient, shop: Shop, house: House, purchases: Look
) -> None:
    name = "Robert'); DROP TABLE purchase;--\r\n<script>\x00 \ud800 😀 ليلى"

    post_standard(client, *shop.standard, order(first_name=name, nonsense={"deep": [1]}, gift="yes\x00"))
    [purchase] = purchases()

    assert purchase.extra == {"gift": "yes"}
    with house.database.reading() as session:
        assert session.scalars(select(Contact.first_name)).one() == "Robert'); DROP TABLE purchase;-- <script> 😀 ليلى"


def test_a_naive_time_is_read_as_utc_and_a_currency_may_lack_cents(
    client: FlaskClient, shop: Shop, purchases: Look
) -> None:
    post_standard(client, *shop.standard, order(occurred_at="2026-11-21T09:58:00", total=5000, currency="JPY"))

    [purchase] = purchases()

    assert purchase.fulfilled_at == datetime(2026, 11, 21, 9, 58, tzinfo=UTC)
    assert (purchase.total, purchase.currency) == (Decimal(5000), "JPY")


def test_a_shop_whose_clock_is_years_ahead_is_not_believed(client: FlaskClient, shop: Shop, purchases: Look) -> None:
    post_standard(client, *shop.standard, order(occurred_at="2099-01-01T00:00:00Z"))

    [purchase] = purchases()

    assert purchase.fulfilled_at is not None
    assert purchase.fulfilled_at < datetime.now(UTC) + timedelta(days=2)


def test_a_cancelled_test_order_of_shopify_is_recorded_as_what_it_is(
    client: FlaskClient, shop: Shop, purchases: Look
) -> None:
    body = shopify_order(test=True, cancelled_at="2021-12-31T19:00:00-05:00", financial_status="voided")

    post_shopify(client, *shop.shopify, "orders/create", json.dumps(body).encode(), {"X-Shopify-Test": "true"})
    [purchase] = purchases()

    assert purchase.is_test
    assert purchase.cancelled_at is not None


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize(("later", "problem"), [("right@example.com", ""), ("x@marketplace.amazon.de", "relay")])
def test_the_buyer_is_whom_the_latest_event_names_whichever_comes_first(
    client: FlaskClient, shop: Shop, house: House, purchases: Look, is_reversed: bool, later: str, problem: str
) -> None:
    placed = order("order.placed", email="first@example.com", occurred_at="2026-11-20T10:00:00Z")
    fulfilled = order("order.fulfilled", email=later, occurred_at="2026-11-21T10:00:00Z")

    for payload in (fulfilled, placed) if is_reversed else (placed, fulfilled):
        post_standard(client, *shop.standard, payload)
        purchases()
    [purchase] = purchases()

    assert purchase.address_problem == problem
    with house.database.reading() as session:
        contact = session.get(Contact, purchase.contact_id) if purchase.contact_id else None
    assert (contact.email if contact else "") == ("" if problem else later)


@pytest.mark.parametrize(
    "odd",
    [
        {"country": "ßß", "currency": "ßßß"},
        {"country": "Spain", "currency": "Euro"},
        {"total": "1e-9999999"},
        {"total": "9" * 40},
        {"total": "0.00000001"},
    ],
)
def test_odd_codes_and_amounts_are_recorded_on_every_database(
    client: FlaskClient, shop: Shop, purchases: Look, odd: dict[str, str]
) -> None:
    assert post_standard(client, *shop.standard, order(**odd)).status_code == 202

    [purchase] = purchases()

    assert purchase.country == ""
    assert purchase.currency in {"", "EUR"}


def test_two_refunds_of_one_moment_both_count(client: FlaskClient, shop: Shop, purchases: Look) -> None:
    items = [{"id": "li_1", "name": "Mug"}, {"id": "li_2", "name": "Cup"}]
    post_standard(client, *shop.standard, order(items=items))
    for item in items:
        refund = {"items": [item["id"]], "full": False}
        post_standard(
            client,
            *shop.standard,
            order("order.refunded", occurred_at="2026-11-21T10:00:00Z", refund=refund, items=None),
        )

    assert [purchase.is_refunded for purchase in purchases()] == [True]


def test_a_webhook_another_worker_finished_is_not_marked_as_stuck(
    client: FlaskClient, shop: Shop, house: House, purchases: Look
) -> None:
    post_standard(client, *shop.standard, order())
    purchases()
    with house.database.transaction() as session:
        receipt_id = session.scalars(select(Receipt.id)).one()

        assert not mark_stuck(session, receipt_id, "late", datetime.now(UTC))

        assert session.scalars(select(Receipt.state)).one() == "done"


def test_a_refund_that_comes_before_its_order_is_not_lost(client: FlaskClient, shop: Shop, purchases: Look) -> None:
    pieces = [{"line_item_id": 866550311766439020, "quantity": 1}, {"line_item_id": 141249953214522974, "quantity": 2}]
    refund = {
        "id": 1,
        "order_id": 820982911946154508,
        "created_at": "2026-11-21T08:00:00Z",
        "refund_line_items": pieces,
    }

    post_shopify(client, *shop.shopify, "refunds/create", json.dumps(refund).encode())
    post_shopify(client, *shop.shopify, "orders/fulfilled", json.dumps(shopify_order()).encode())
    [purchase] = purchases()

    assert purchase.is_refunded


def test_a_partial_refund_leaves_the_items_that_were_kept(client: FlaskClient, shop: Shop, purchases: Look) -> None:
    pieces = [{"line_item_id": 866550311766439020, "quantity": 1}, {"line_item_id": 141249953214522974, "quantity": 1}]
    refund = {
        "id": 1,
        "order_id": 820982911946154508,
        "created_at": "2026-11-21T08:00:00Z",
        "refund_line_items": pieces,
    }

    post_shopify(client, *shop.shopify, "orders/fulfilled", json.dumps(shopify_order()).encode())
    for _ in range(2):
        post_shopify(client, *shop.shopify, "refunds/create", json.dumps(refund).encode())
    [purchase] = purchases()

    assert not purchase.is_refunded
    assert [item["name"] for item in purchase.kept_items] == ["IPod Nano - 16GB"]


def test_a_generic_refund_without_details_is_of_everything(client: FlaskClient, shop: Shop, purchases: Look) -> None:
    post_standard(client, *shop.standard, order())
    post_standard(client, *shop.standard, order("order.refunded", refund=None, items=None))

    assert [purchase.is_refunded for purchase in purchases()] == [True]


def test_one_webhook_that_cannot_be_worked_off_does_not_hold_up_the_others(
    client: FlaskClient, shop: Shop, house: House, purchases: Look
) -> None:
    for number in range(3):
        post_standard(client, *shop.standard, order(order_id=number))
    with house.database.transaction() as session:
        first = session.scalars(select(Receipt).order_by(Receipt.id)).first()
        assert first is not None
        first.body = b"no longer what it was"

    assert [purchase.order_id for purchase in purchases()] == ["1", "2"]
    with house.database.reading() as session:
        assert session.scalars(select(Receipt.state).order_by(Receipt.id)).all() == ["stuck", "done", "done"]


def test_a_hundred_orders_sent_twice_in_random_order_are_a_hundred_purchases(
    client: FlaskClient, shop: Shop, house: House, purchases: Look
) -> None:
    webhooks = [
        (f"msg_{n}_{kind}", order(kind, order_id=n)) for n in range(50) for kind in ("order.paid", "order.fulfilled")
    ]
    webhooks *= 2
    random.Random(7).shuffle(webhooks)

    for index, (webhook_id, payload) in enumerate(webhooks):
        post_standard(client, *shop.standard, payload, webhook_id)
        if index % 40 == 0:
            record_purchases(house)

    assert len(purchases()) == 50


EVENTS = [
    OrderEvent(
        kind=kind,
        order_id="1",
        occurred_at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=hour),
        locale="de" if hour % 2 else "",
        items=(Item(id=str(hour), name=f"Item {hour}"),) if hour % 3 else (),
        refund=Refund(id=str(hour), pieces={"1": 1}) if kind is EventKind.REFUNDED else None,
        extra={f"field{hour % 4}": hour},
    )
    for hour, kind in enumerate([*EventKind, *EventKind])
]


@given(st.permutations(EVENTS), st.lists(st.sampled_from(EVENTS), max_size=6))
def test_merging_comes_out_the_same_in_every_order_and_twice_is_as_once(
    shuffled: list[OrderEvent], repeated: list[OrderEvent]
) -> None:
    def merged(events: list[OrderEvent]) -> dict[str, object]:
        purchase = Purchase(
            **dict.fromkeys(("locale", "timezone", "country", "currency", "basis"), ""),
            **{
                "is_test": False,
                "is_refunded_in_full": False,
                "refunds": {},
                "items": [],
                "tags": [],
                "extra": {},
                "described": {},
            },
            revision=0,
        )
        for event in events:
            merge(purchase, event, event.occurred_at)
        names = [column.key for column in Purchase.__table__.columns if column.key != "revision"]
        return {name: getattr(purchase, name) for name in names}

    assert merged(shuffled + repeated) == merged(EVENTS)
