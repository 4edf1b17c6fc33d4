"""A link signs in once, within fifteen minutes, and only when its button is pressed."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from campaigns import clock
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.sign_in import SignIn
from campaigns.merchants.staff import Staff
from campaigns.tokens import Purpose
from tests.factories import make_merchant, make_staff
from tests.merchants.browser import enter, link_for, press


@pytest.fixture
def staff(house: House) -> Staff:
    with house.database.transaction() as session:
        return make_staff(session, make_merchant(session))


def links_ordered(house: House) -> list[int]:
    with house.database.reading() as session:
        return list(session.scalars(select(SignIn.staff_id).order_by(SignIn.staff_id)))


def ask_for_link(client: FlaskClient, email: str) -> Any:
    return press(client, "/login", "/login", email=email)


def test_who_is_not_signed_in_is_shown_the_way_in(client: FlaskClient) -> None:
    answer = client.get("/")

    assert (answer.status_code, answer.location) == (303, "/login")


def test_a_known_and_an_unknown_address_get_the_same_page(client: FlaskClient, house: House, staff: Staff) -> None:
    known = ask_for_link(client, staff.email)
    unknown = ask_for_link(client, "nobody@elsewhere.example")

    assert known.status_code == unknown.status_code == 200
    assert known.data == unknown.data
    assert links_ordered(house) == [staff.id]


def test_an_address_is_found_however_it_is_typed(client: FlaskClient, house: House, staff: Staff) -> None:
    ask_for_link(client, "  Owner@Harbour.Example ")

    assert links_ordered(house) == [staff.id]


def test_a_second_link_is_not_ordered_at_once(client: FlaskClient, house: House, staff: Staff) -> None:
    ask_for_link(client, staff.email)
    ask_for_link(client, staff.email)

    assert links_ordered(house) == [staff.id]


def test_a_person_at_two_merchants_gets_a_link_for_each(client: FlaskClient, house: House, staff: Staff) -> None:
    with house.database.transaction() as session:
        other = make_staff(session, make_merchant(session, name="Kiln & Co"), email=staff.email)

    ask_for_link(client, staff.email)

    assert links_ordered(house) == [staff.id, other.id]


@pytest.mark.parametrize("email", ["", "harbour", "x@" + "y" * 400])
def test_what_is_no_address_is_asked_for_again(client: FlaskClient, email: str) -> None:
    answer = ask_for_link(client, email)

    assert answer.status_code == 400
    assert "name@shop.com" in answer.text


def test_looking_at_a_link_uses_nothing_up(client: FlaskClient, house: House, staff: Staff) -> None:
    path = link_for(house, staff)

    for _ in range(20):
        assert client.get(path).status_code == client.head(path).status_code == 200

    assert client.get("/").location == "/login"
    assert press(client, path, path).location == "/"
    assert client.get("/").status_code == 200


def test_a_link_signs_in_once(client: FlaskClient, house: House, staff: Staff) -> None:
    path = link_for(house, staff)
    press(client, path, path)
    press(client, "/", "/logout")

    again = press(client, "/login", path)

    assert again.status_code == 410
    assert "This link is spent" in again.text
    assert client.get("/").location == "/login"


def test_a_link_is_too_old_after_fifteen_minutes(client: FlaskClient, house: House, staff: Staff) -> None:
    path = link_for(house, staff, clock.now() - timedelta(minutes=15, seconds=1))

    assert client.get(path).status_code == 410
    assert press(client, "/login", path).status_code == 410


def test_a_link_that_was_changed_on_its_way_leads_nowhere(client: FlaskClient, house: House, staff: Staff) -> None:
    path = link_for(house, staff)
    for_answers = house.tokens.sign(Purpose.ANSWER, 1)

    for wrong in (path[:-1], path + "x", path.replace(".", ".A"), f"/login/{for_answers}", "/login/1"):
        assert client.get(wrong).status_code == 404
        assert press(client, "/login", wrong).status_code == 404


def test_a_form_from_elsewhere_is_refused(client: FlaskClient, house: House, staff: Staff) -> None:
    path = link_for(house, staff)

    for action in ("/login", path, "/logout"):
        answer = client.post(action, data={"email": staff.email})
        assert answer.status_code == 400
        assert "reload the page" in answer.text

    assert press(client, path, path).status_code == 303


def test_who_is_removed_is_out_at_once(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
    staff = enter(client, house, merchant)

    with house.database.transaction() as session:
        session.execute(delete(SignIn).where(SignIn.staff_id == staff.id))
        session.execute(delete(Staff).where(Staff.id == staff.id))

    assert client.get("/").location == "/login"


def test_signing_out_ends_the_session(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
    enter(client, house, merchant)

    press(client, "/", "/logout")

    assert client.get("/").location == "/login"


def test_who_is_signed_in_needs_no_link(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        assert session.scalar(select(func.count()).select_from(Merchant)) == 1
    enter(client, house, merchant)

    assert client.get("/login").location == "/"


def test_signing_out_ends_the_session_in_every_browser(app: Flask, house: House, staff: Staff) -> None:
    here, copied = app.test_client(), app.test_client()
    path = link_for(house, staff)
    press(here, path, path)
    cookie = here.get_cookie("askwell")
    assert cookie is not None
    copied.set_cookie("askwell", cookie.value)
    assert copied.get("/").status_code == 200

    press(here, "/", "/logout")

    assert copied.get("/").status_code == 303
