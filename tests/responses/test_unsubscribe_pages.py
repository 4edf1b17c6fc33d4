"""The way out: one press, no login, no redirect, for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.audience.contact import erase_contact, lock_contact
from campaigns.audience.suppression import Suppression, SuppressionReason, suppression_of
from campaigns.catalog.version import get_version
from campaigns.enrollment.enrollment import Enrollment
from campaigns.house import House
from campaigns.merchants.store import Store
from campaigns.tokens import Purpose
from tests.factories import make_enrollment, make_message, make_purchase
from tests.reports.rows import ask, make_shop
from tests.responses.conftest import Letter, Records


def reason(house: House, letter: Letter) -> SuppressionReason | None:
    with house.database.transaction() as session:
        contact = lock_contact(session, letter.contact_id)
        return suppression_of(session, letter.merchant_id, contact.fingerprint)


def ask_again(session: Session, letter: Letter) -> None:
    """Ana bought a second time, and a letter about that is on its way."""
    first = session.get_one(Enrollment, letter.enrollment_id)
    store = session.scalars(select(Store)).one()
    purchase = make_purchase(session, store, lock_contact(session, letter.contact_id), order_id="1002")
    version = get_version(session, first.version_id)
    make_message(session, make_enrollment(session, purchase, version))


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_unsubscribes_without_page_redirect_or_cookie(
    client: FlaskClient, house: House, letter: Letter, records: Records, content_type: str
) -> None:
    answer = client.post(letter.out, data={"List-Unsubscribe": "One-Click"}, content_type=content_type)

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_type.startswith("text/plain")
    assert "Location" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert reason(house, letter) is SuppressionReason.UNSUBSCRIBED
    assert records.suppressions[0].message_id == letter.message_id
    assert records.stop_reason == "unsubscribed"
    assert records.message_states == ["cancelled"]


def test_one_click_is_understood_without_a_content_type(client: FlaskClient, house: House, letter: Letter) -> None:
    assert client.post(letter.out, data=b"List-Unsubscribe=One-Click").status_code == 200
    assert reason(house, letter) is SuppressionReason.UNSUBSCRIBED


def test_looking_asks_and_the_button_acts(client: FlaskClient, house: House, letter: Letter) -> None:
    page = client.get(letter.out)
    assert page.status_code == 200
    assert "Stop these emails" in page.text
    assert reason(house, letter) is None

    done = client.post(letter.out, data={"confirm": "yes"})

    assert done.status_code == 200
    assert "You will get no more of these emails from Harbour Mugs." in done.text
    assert reason(house, letter) is SuppressionReason.UNSUBSCRIBED


@pytest.mark.parametrize(
    "body",
    [{}, {"confirm": "no"}, {"List-Unsubscribe": "Two-Clicks"}, {"list-unsubscribe": "One-Click"}, b"\xff\x00", b"{}"],
)
def test_any_other_body_changes_nothing(
    client: FlaskClient, house: House, letter: Letter, records: Records, body: dict[str, str] | bytes
) -> None:
    answer = client.post(letter.out, data=body)

    assert answer.status_code == 400
    assert "Stop these emails" in answer.text
    assert reason(house, letter) is None
    assert records.message_states == ["scheduled"]


def test_unsubscribing_twice_is_as_once(client: FlaskClient, letter: Letter, records: Records) -> None:
    answers = [client.post(letter.out, data={"List-Unsubscribe": "One-Click"}).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert len(records.suppressions) == 1


def test_every_letter_to_that_person_stops(client: FlaskClient, house: House, letter: Letter, records: Records) -> None:
    with house.database.transaction() as session:
        ask_again(session, letter)

    client.post(letter.out, data={"confirm": "yes"})

    assert records.message_states == ["cancelled", "cancelled"]
    assert [each.stop_reason for each in records.all(Enrollment)] == ["unsubscribed", "unsubscribed"]


def test_the_way_out_never_expires(
    client: FlaskClient, house: House, letter: Letter, wait: Callable[..., None]
) -> None:
    with house.database.transaction() as session:
        erase_contact(session, lock_contact(session, letter.contact_id), clock.now())
    wait(days=4000)

    assert client.get(letter.out).status_code == 200
    assert client.post(letter.out, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert reason(house, letter) is SuppressionReason.UNSUBSCRIBED


def test_the_way_out_speaks_the_language_of_its_letter(client: FlaskClient, house: House, letter: Letter) -> None:
    with house.database.transaction() as session:
        session.get_one(Enrollment, letter.enrollment_id).locale = "de"

    assert "Diese E-Mails abbestellen" in client.get(letter.out).text


def test_whoever_has_unsubscribed_is_told_so_and_not_asked_again(client: FlaskClient, letter: Letter) -> None:
    client.post(letter.out, data={"confirm": "yes"})

    answer = client.get(letter.out)

    assert "You will get no more of these emails" in answer.text
    assert "<form" not in answer.text


def test_a_link_that_caught_a_slash_still_leads_out(client: FlaskClient, letter: Letter) -> None:
    assert "No more of these emails?" in client.get(letter.out + "/").text
    assert client.get("/u/").status_code == 404


def test_many_who_leave_at_once_all_do_and_some_of_them_twice(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        shop = make_shop(session)
        letters = [ask(session, shop, str(order)) for order in range(8)]
    paths = [f"/u/{house.tokens.sign(Purpose.UNSUBSCRIBE, letter.id)}" for letter in letters] * 2

    def leave(path: str) -> int:
        return client.application.test_client().post(path, data={"List-Unsubscribe": "One-Click"}).status_code

    with ThreadPoolExecutor(8) as people:
        assert set(people.map(leave, paths)) == {200}

    with house.database.reading() as session:
        assert len(session.scalars(select(Suppression)).all()) == 8
        assert {each.stop_reason for each in session.scalars(select(Enrollment))} == {"unsubscribed"}
