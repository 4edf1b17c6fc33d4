"""Everybody on the staff sees what is held back and why; who runs campaigns says of each who gave it, once."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from campaigns import clock
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.note import NoteKind
from campaigns.house import House
from campaigns.merchants.staff import Role
from campaigns.responses.answering import Desk
from campaigns.responses.hit import Hit
from campaigns.responses.jobs import fold_answers, mature_answers
from campaigns.responses.person import say_too_early
from campaigns.responses.response import Response
from campaigns.responses.ruling import Ruling
from tests.merchants.browser import enter, press
from tests.reports.rows import Shop, ask, make_shop
from tests.responses.conftest import add


@pytest.fixture
def shop(house: House) -> Shop:
    """Two letters that a scanner answered whole, an hour ago; a reminder waits for each."""
    with house.database.transaction() as session:
        shop = make_shop(session)
        for order in ("1001", "1002"):
            letter = ask(session, shop, order)
            ask_again = Message(**{name: getattr(letter, name) for name in ("merchant_id", "enrollment_id")})
            ask_again.kind, ask_again.state, ask_again.due_at = "reminder", "scheduled", clock.now()
            ask_again.created_at = ask_again.updated_at = clock.now()
            session.add(ask_again)
            for score in (1, 2, 5):
                add(session, letter, score=score, level="provisional", at=0).at = clock.now() - timedelta(hours=1)
    fold_answers(house)
    mature_answers(house)
    return shop


def rows(house: House, table: type) -> list:  # type: ignore[type-arg]  # of whichever table
    with house.database.reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))  # type: ignore[attr-defined]


def told(response: Response) -> tuple[str, int, list[str]]:
    return response.level, response.score, [each["code"] for each in response.reasons]


def test_what_is_held_back_is_told_with_its_reasons_and_no_address(
    client: FlaskClient, house: House, shop: Shop
) -> None:
    enter(client, house, shop.merchant, Role.VIEWER)

    page = client.get("/held").text

    assert page.count("3 links of the letter were opened within one second, 3 different scores among them.") == 2
    assert "5 of 5" in page
    assert "example.com" not in page
    assert "1001" not in page, "a viewer does not read whose answers these are"
    assert "A person gave it" not in page


@pytest.mark.parametrize("role", [Role.AGENT, Role.VIEWER])
def test_who_runs_no_campaigns_decides_nothing(client: FlaskClient, house: House, shop: Shop, role: Role) -> None:
    enter(client, house, shop.merchant, role)
    hit_id = rows(house, Response)[0].hit_id

    answer = press(client, "/held", f"/held/{hit_id}/reinstated")

    assert answer.status_code == 403
    assert rows(house, Ruling) == []


def test_a_form_from_elsewhere_decides_nothing(client: FlaskClient, house: House, shop: Shop) -> None:
    enter(client, house, shop.merchant)
    client.application.config["WTF_CSRF_ENABLED"] = True

    assert client.post(f"/held/{rows(house, Response)[0].hit_id}/reinstated").status_code == 400
    assert rows(house, Ruling) == []


def test_reinstating_counts_it_ends_its_reminder_and_is_signed(client: FlaskClient, house: House, shop: Shop) -> None:
    staff = enter(client, house, shop.merchant, Role.MARKETER)
    first, second = rows(house, Response)

    for _ in range(2):
        assert press(client, "/held", f"/held/{first.hit_id}/reinstated").location == "/held"

    (ruling,) = rows(house, Ruling)
    assert (ruling.staff_id, ruling.verdict, ruling.hit_id) == (staff.id, "reinstated", first.hit_id)
    assert told(rows(house, Response)[0]) == ("confirmed", 5, ["burst"])
    assert told(rows(house, Response)[1]) == told(second)
    assert [each.stop_reason for each in rows(house, Enrollment)] == ["answered", ""]
    page = client.get("/held").text
    assert staff.email in page
    assert page.count("3 links of the letter") == 1


def test_rejecting_sends_nobody_anything_and_can_be_taken_back(client: FlaskClient, house: House, shop: Shop) -> None:
    enter(client, house, shop.merchant)
    hit_id = rows(house, Response)[0].hit_id
    press(client, "/held", f"/held/{hit_id}/reinstated")

    press(client, "/held", f"/held/{hit_id}/rejected")

    assert told(rows(house, Response)[0]) == ("suspect", 5, ["burst", "rejected"])
    assert rows(house, Enrollment)[0].stop_reason == "answered", "a reminder was let go by hand"
    press(client, "/held", f"/held/{hit_id}/reinstated")
    assert told(rows(house, Response)[0])[0] == "confirmed"
    assert [each.verdict for each in rows(house, Ruling)] == ["reinstated", "rejected", "reinstated"]


def test_a_person_who_answers_after_a_rejection_counts(client: FlaskClient, house: House, shop: Shop) -> None:
    enter(client, house, shop.merchant)
    press(client, "/held", f"/held/{rows(house, Response)[0].hit_id}/rejected")
    with house.database.transaction() as session:
        letter = session.scalars(select(Message).order_by(Message.id)).all()[0]
        add(session, letter, score=4).at = clock.now()

    fold_answers(house)

    assert told(rows(house, Response)[0])[:2] == ("confirmed", 4)


def test_nobody_rules_on_what_is_another_merchants_or_no_answer(client: FlaskClient, house: House, shop: Shop) -> None:
    with house.database.transaction() as session:
        other = make_shop(session, "Kiln & Co")
        look = add(session, session.scalars(select(Message)).all()[0], kind="look", level="observed").id
        ask(session, other, "1")
    enter(client, house, other.merchant)
    theirs = rows(house, Response)[0].hit_id

    for hit_id in (theirs, look, 10**9):
        assert press(client, "/", f"/held/{hit_id}/reinstated").status_code == 404
    assert rows(house, Ruling) == []
    assert "No answer is held back" in client.get("/held").text


def test_the_overview_shows_clicks_beside_answers_and_leads_to_what_is_held(
    client: FlaskClient, house: House, shop: Shop
) -> None:
    enter(client, house, shop.merchant)

    page = client.get("/").text

    assert '2 answers are <a href="/held">held back</a>' in page
    assert "Other domains" in page


def test_one_click_that_waits_says_until_when(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        shop = make_shop(session)
        add(session, ask(session, shop, "1"), level="provisional").at = clock.now()
    fold_answers(house)
    enter(client, house, shop.merchant)

    assert "it counts from" in client.get("/held").text


def test_every_hit_is_as_it_was(client: FlaskClient, house: House, shop: Shop) -> None:
    before = [(hit.id, hit.level, hit.score, hit.reasons) for hit in rows(house, Hit)]
    enter(client, house, shop.merchant)
    press(client, "/held", f"/held/{rows(house, Response)[0].hit_id}/rejected")

    assert [(hit.id, hit.level, hit.score, hit.reasons) for hit in rows(house, Hit)] == before


def test_what_was_taken_back_is_held_no_more(client: FlaskClient, house: House, shop: Shop) -> None:
    """Its person, or whoever came by their link, said that it was too early: there is nothing left to decide on."""
    [first, *_] = rows(house, Enrollment)
    with house.database.transaction() as session:
        letter = session.scalars(select(Message.id).where(Message.enrollment_id == first.id)).first()
        assert letter is not None
        say_too_early(session, Desk().letter(session, letter), NoteKind.NOT_ARRIVED, clock.now())
    enter(client, house, shop.merchant)

    page = client.get("/held").text

    assert "1002" in page
    assert "1001" not in page
