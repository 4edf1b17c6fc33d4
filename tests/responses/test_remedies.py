"""Staff say what was done about an answer; the customer reads it on their own page, and nobody else does."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from campaigns import clock
from campaigns.audience.contact import Contact
from campaigns.enrollment.message import Message
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.staff import Role
from campaigns.responses.copy import everything_on
from campaigns.responses.jobs import fold_answers
from campaigns.responses.remedy import LONGEST, Remedy
from tests.merchants.browser import enter, press
from tests.reports.rows import make_shop
from tests.responses.conftest import Ana, Letter

SORRY = "We sent you a new one.\nIt left today. <script>alert(1)</script>"


@pytest.fixture
def shop(house: House, letter: Letter, ana: Ana) -> Merchant:
    """The shop that Ana wrote to."""
    with house.database.transaction() as session:
        session.execute(update(Message).values(state="sent", sent_at=clock.now(), sent_on=clock.now().date()))
    ana.send(letter.rate(2), {"score": "2", "comment": "It came in pieces"})
    fold_answers(house)
    with house.database.reading() as session:
        return session.get_one(Merchant, letter.merchant_id)


def done(letter: Letter) -> str:
    return f"/answers/{letter.enrollment_id}/done"


def said(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(Remedy.words)))


def test_the_customer_reads_what_was_done_and_no_markup_runs(
    client: FlaskClient, house: House, shop: Merchant, letter: Letter, ana: Ana
) -> None:
    enter(client, house, shop, Role.AGENT)
    assert "Say what was done" in client.get("/").text
    assert "did about it" not in ana.look(f"{letter.survey}/you").text

    assert press(client, "/", done(letter), words=SORRY).status_code == 303

    page = ana.look(f"{letter.survey}/you").text
    assert "did about it" in page
    assert "We sent you a new one.\nIt left today. &lt;script&gt;" in page
    assert "Change it" in client.get("/").text
    assert "<script>alert" not in client.get("/").text


def test_the_last_word_stands_and_no_words_take_it_back(
    client: FlaskClient, house: House, shop: Merchant, letter: Letter, ana: Ana
) -> None:
    enter(client, house, shop)

    press(client, "/", done(letter), words="One")
    press(client, "/", done(letter), words="x" * (LONGEST + 1))
    assert said(house) == ["x" * LONGEST]

    press(client, "/", done(letter), words=" ")
    assert said(house) == []
    assert "did about it" not in ana.look(f"{letter.survey}/you").text


def test_nobody_else_says_anything(client: FlaskClient, house: House, shop: Merchant, letter: Letter) -> None:
    enter(client, house, shop, Role.VIEWER)
    assert "Say what was done" not in client.get("/").text
    assert press(client, "/", done(letter), words="Mine").status_code == 403
    assert client.post(done(letter), data={"words": "Mine"}).status_code == 400

    with house.database.transaction() as session:
        other = make_shop(session, "Kiln & Co").merchant
    enter(client, house, other)
    assert press(client, "/", done(letter), words="Mine").status_code == 404
    assert said(house) == []


def test_it_is_in_the_copy_of_everything_and_goes_when_somebody_is_forgotten(
    client: FlaskClient, house: House, shop: Merchant, letter: Letter, ana: Ana
) -> None:
    enter(client, house, shop)
    press(client, "/", done(letter), words="We rang Ana")
    with house.database.reading() as session:
        copy = everything_on(session, session.get_one(Contact, letter.contact_id))
    assert [each["words"] for each in copy["remedies"]] == ["We rang Ana"]

    nonce = ana.nonce(f"{letter.survey}/you/erase")
    assert ana.post(f"{letter.survey}/you/erase", {"nonce": nonce}).status_code == 303

    assert said(house) == []
