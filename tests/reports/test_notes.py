"""What customers say instead of answering reaches the people who can do something about it."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from campaigns.enrollment.message import Message
from campaigns.enrollment.note import Letter, NoteKind, take_note
from campaigns.house import House
from campaigns.merchants.staff import Role
from tests.merchants.browser import enter
from tests.reports.rows import NOW, answer, ask, make_shop
from tests.reports.test_pages import text_of

NOT_HERE = "The customer said that it has not arrived yet."


def say(session: Session, letter: Message, kind: NoteKind) -> None:
    take_note(session, Letter(letter.merchant_id, letter.enrollment_id, letter.id), kind, NOW - timedelta(hours=1))


def test_who_waits_for_a_parcel_is_seen_until_they_answer(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        shop = make_shop(session)
        waiting, done = ask(session, shop, "waits"), ask(session, shop, "came")
        for letter in (waiting, done):
            say(session, letter, NoteKind.NOT_ARRIVED)
        answer(session, shop, done, 5)
    enter(client, house, shop.merchant)

    page, orders = text_of(client.get("/").text), text_of(client.get("/purchases").text)

    assert page.count(NOT_HERE) == 1
    assert "order waits" in page
    assert orders.count(NOT_HERE) == 1


def test_another_merchant_and_a_role_without_answers_see_none_of_it(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        shop, other = make_shop(session), make_shop(session, "Elsewhere")
        say(session, ask(session, shop, "1"), NoteKind.NOT_TRIED)
        ask(session, other, "2")

    enter(client, house, other.merchant)
    assert "not tried it yet" not in client.get("/").text
    enter(client, house, shop.merchant, Role.VIEWER)
    assert "not tried it yet" not in client.get("/").text
    enter(client, house, shop.merchant)
    assert "not tried it yet" in client.get("/").text
