"""The staff's pages show what is there, hide what a role does not include, and break at nothing."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from campaigns.catalog.scale import ScaleName
from campaigns.delivery.halt import halt
from campaigns.house import House
from campaigns.intake.receipt import Receipt
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.staff import Role
from campaigns.reports.metrics import MEASURES
from tests.factories import make_campaign, make_contact, make_enrollment, make_purchase
from tests.merchants.browser import enter
from tests.reports.rows import NOW, Shop, answer, ask, make_shop, remind

NASTY = "<script>alert(\"hello\")</script> & 'quoted'"


@contextmanager
def shop_in(house: House, **campaign: Any) -> Iterator[tuple[Session, Shop]]:
    with house.database.transaction() as session:
        yield session, make_shop(session, **campaign)


def text_of(page: str) -> str:
    """Return what a reader sees, with single spaces."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).replace("\u202f", " ")


def test_a_rate_is_shown_with_its_numbers_and_its_interval(client: FlaskClient, house: House) -> None:
    with shop_in(house) as (session, shop):
        for order in range(10):
            invitation = ask(session, shop, f"{order}", sent_on=date(2026, 11, 1 + order))
            if order < 2:
                answer(session, shop, invitation, 5)
            elif order < 5:
                reminder = remind(session, invitation)
        answer(session, shop, reminder, 2)
    enter(client, house, shop.merchant)

    page = text_of(client.get("/").text)

    assert "30 % between 11 % and 60 %, from 10 letters" in page
    assert "3 of 10 asked answered" in page
    assert "2 of 10 letters" in page
    assert "1 of 3 letters" in page
    assert "67 % between 21 % and 94 %, from 3 answers; mean 4.0 of 5" in page


def test_what_customers_write_stays_text(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        shop = make_shop(session, NASTY, name=NASTY)
        letter = ask(session, shop, NASTY)
        answer(session, shop, letter, answers={"comment": NASTY})
    enter(client, house, shop.merchant)

    overview, purchases = client.get("/").text, client.get("/purchases").text

    assert "<script" not in overview + purchases
    assert html.escape(NASTY, quote=False).split(" ")[0].replace('"', "&#34;") in overview


def test_a_role_without_answers_sees_figures_and_no_words(client: FlaskClient, house: House) -> None:
    with shop_in(house) as (session, shop):
        answer(session, shop, ask(session, shop, "1001"), answers={"comment": "The handle broke"})
    enter(client, house, shop.merchant, Role.VIEWER)

    page = client.get("/").text

    assert "1 of 1 asked answered" in text_of(page)
    assert "Your role does not include reading answers." in page
    assert "handle" not in page
    assert "1001" not in page


def test_only_what_counts_is_quoted(client: FlaskClient, house: House) -> None:
    with shop_in(house) as (session, shop):
        beliefs: tuple[dict[str, Any], ...] = ({}, {"level": "suspect"}, {"status": "withdrawn"})
        for order, values in enumerate(beliefs):
            written = {"comment": f"comment {order}", "why": "late"}
            answer(session, shop, ask(session, shop, f"{order}"), answers=written, **values)
        answer(session, shop, ask(session, shop, "choice"), answers={"why": "late"})
    enter(client, house, shop.merchant)

    page = client.get("/").text

    assert re.findall(r"<blockquote[^>]*>([^<]*)<", page) == ["comment 0"]


def test_who_was_not_asked_is_counted_by_reason(client: FlaskClient, house: House) -> None:
    with shop_in(house) as (session, shop):
        for order, reason in enumerate(("cooldown", "cooldown", "no_address")):
            purchase = make_purchase(session, shop.store, make_contact(session, shop.merchant), order_id=f"s{order}")
            make_enrollment(session, purchase, shop.version, verdict="skipped", reason=reason)
        ask(session, shop, "refunded", "cancelled", reason="refunded")
        ask(session, shop, "doubt", "in_doubt")
    enter(client, house, shop.merchant)

    page = text_of(client.get("/").text)

    assert "2 The customer is asked about another order within the cooldown. 1" in page
    assert "1 Everything in it was refunded." in page
    assert "1 letter is in doubt." in page


def test_no_merchant_sees_the_page_of_another(client: FlaskClient, house: House) -> None:
    with shop_in(house) as (session, harbour):
        answer(session, harbour, ask(session, harbour, "HARBOUR-1"), answers={"comment": "of Harbour"})
        session.add(receipt(harbour, "stuck"))
        kiln = make_shop(session, "Kiln & Co", name="Kiln campaign")
    enter(client, house, kiln.merchant)

    pages = client.get("/").text + client.get("/purchases").text

    for foreign in ("Harbour", "HARBOUR-1", "After delivery", "stuck", harbour.store.key):
        assert foreign not in pages


def receipt(shop: Shop, state: str) -> Receipt:
    return Receipt(
        store_id=shop.store.id,
        delivery_id=state,
        topic="order.fulfilled",
        headers={},
        body_hash="0",
        state=state,
        received_at=NOW,
    )


def test_purchases_show_the_health_of_the_webhooks(client: FlaskClient, house: House) -> None:
    with shop_in(house) as (session, shop):
        session.add_all(receipt(shop, state) for state in ("done", "ignored", "stuck"))
        make_purchase(session, shop.store, None, is_test=True)
    enter(client, house, shop.merchant)

    page = text_of(client.get("/purchases").text)

    said = "Webhooks: 1 worked off , 1 of a topic that means nothing here , 1 stuck, tried again every hour"
    assert said.replace(" ,", ",") in page.replace(" ,", ",")
    assert "test order" in page
    assert "1 webhook is stuck." in text_of(client.get("/").text)


def test_who_holds_all_letters_is_told_how_to_let_them_go_on(client: FlaskClient, house: House) -> None:
    with shop_in(house) as (session, shop):
        halt(session, shop.merchant.id + 1, "of somebody else", NOW)
        halt(session, shop.merchant.id, "Paused by itself: 3 of the last 40 letters were refused.", NOW)
    enter(client, house, shop.merchant)

    page = text_of(client.get("/").text)

    assert "All letters are held. Paused by itself: 3 of the last 40 letters were refused. Nothing is lost" in page
    assert f"let them go on: flask --app wsgi sending resume --merchant {shop.merchant.id}" in page
    assert "somebody else" not in page


def test_the_overview_asks_as_many_queries_for_many_campaigns_as_for_one(client: FlaskClient, house: House) -> None:
    with shop_in(house) as (session, shop):
        answer(session, shop, ask(session, shop, "0"), answers={"comment": "one"})
    enter(client, house, shop.merchant)
    asked: list[str] = []
    listen = (house.database.engine, "before_cursor_execute", lambda *found: asked.append(found[2]))
    event.listen(*listen)

    client.get("/")
    for_one = len(asked)
    with house.database.transaction() as session:
        for number in range(1, 6):
            version = make_campaign(session, session.get_one(Merchant, shop.merchant.id), name=f"Campaign {number}")
            ask(session, shop, f"{number}", version=version)
    asked.clear()
    client.get("/")

    event.remove(*listen)
    assert len(asked) == for_one


@pytest.mark.parametrize("scale", ScaleName)
def test_every_scale_has_its_page(client: FlaskClient, house: House, scale: ScaleName) -> None:
    with shop_in(house, scale=scale.value) as (session, shop):
        answer(session, shop, ask(session, shop, "1"), 1, answers={"comment": "So it is"})
    enter(client, house, shop.merchant)

    page = text_of(client.get("/").text)

    assert MEASURES[scale].capitalize() in page
    assert ("Up So it is" in page) == (scale is ScaleName.THUMBS)
