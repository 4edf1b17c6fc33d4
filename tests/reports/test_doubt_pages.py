"""Who runs campaigns sees their letters in doubt and settles each once, however many press."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaigns.enrollment.message import Message
from campaigns.house import House
from campaigns.merchants.staff import Role
from campaigns.responses.incentive import Incentive, IncentiveState, hold_incentive, move, order_incentive
from tests.factories import NOW, make_campaign
from tests.merchants.browser import enter, press
from tests.reports.rows import Shop, ask, make_shop


def doubtful_shop(house: House, *orders: str, merchant_name: str = "Harbour Mugs") -> tuple[Shop, list[int]]:
    with house.database.transaction() as session:
        shop = make_shop(session, merchant_name)
        return shop, [ask(session, shop, order, "in_doubt").id for order in orders]


def state_of(house: House, message_id: int) -> str:
    with house.database.reading() as session:
        return session.get_one(Message, message_id).state


def test_the_overview_leads_to_doubts_only_where_there_are_some(client: FlaskClient, house: House) -> None:
    shop, (message_id,) = doubtful_shop(house, "1001")
    enter(client, house, shop.merchant)

    assert 'href="/doubts"' in client.get("/").text
    settled = press(client, "/doubts", f"/doubts/{message_id}/sent")

    assert (settled.status_code, settled.location) == (303, "/")
    assert "/doubts" not in client.get("/").text
    assert "No letter is in doubt" in client.get("/doubts").text


def test_doubts_are_told_by_campaign_and_without_an_address(client: FlaskClient, house: House) -> None:
    shop, (first, second) = doubtful_shop(house, "1001", "1002")
    with house.database.transaction() as session:
        version = make_campaign(session, shop.merchant, name="<b>Other</b>")
        third = ask(session, shop, "1003", "in_doubt", version=version).id
    enter(client, house, shop.merchant, Role.MARKETER)

    page = client.get("/doubts").text

    assert [page.index(f"Invitation {each}<") for each in (first, second, third)] == sorted(
        page.index(f"Invitation {each}<") for each in (first, second, third)
    )
    assert re.findall(r'<h2 id="campaign-\d+">([^\n]*)</h2>', page) == ["After delivery", "&lt;b&gt;Other&lt;/b&gt;"]
    assert page.count("</form>") == 2 * 3 + 1
    assert "the house’s own relay" in page
    assert "@example.com" not in page


@pytest.mark.parametrize(("answer", "again"), [("sent", "failed"), ("failed", "sent")])
def test_the_second_of_two_people_is_told_how_it_was_settled(app: Flask, house: House, answer: str, again: str) -> None:
    shop, (message_id, _) = doubtful_shop(house, "1001", "1002")
    ana, ben = app.test_client(), app.test_client()
    enter(ana, house, shop.merchant, Role.OWNER)
    enter(ben, house, shop.merchant, Role.MARKETER)

    first = press(ana, "/doubts", f"/doubts/{message_id}/{answer}")
    same, other = (press(ben, "/doubts", f"/doubts/{message_id}/{each}") for each in (answer, again))

    assert [first.location, same.location] == ["/doubts", "/doubts"]
    assert other.status_code == 409
    assert f"Letter {message_id} is not in doubt any more: it is {answer}." in other.text
    assert state_of(house, message_id) == answer


@pytest.mark.parametrize("role", [Role.AGENT, Role.VIEWER])
def test_who_may_not_run_campaigns_neither_sees_nor_settles(client: FlaskClient, house: House, role: Role) -> None:
    shop, (message_id,) = doubtful_shop(house, "1001")
    enter(client, house, shop.merchant, role)

    overview = client.get("/").text

    assert "in doubt" in overview
    assert "/doubts" not in overview
    assert client.get("/doubts").status_code == 403
    assert press(client, "/", f"/doubts/{message_id}/sent").status_code == 403
    assert state_of(house, message_id) == "in_doubt"


def test_nobody_settles_unsigned_without_the_token_or_by_looking(client: FlaskClient, house: House) -> None:
    shop, (message_id,) = doubtful_shop(house, "1001")
    assert client.get("/doubts").location == "/login"

    enter(client, house, shop.merchant)

    assert client.post(f"/doubts/{message_id}/sent").status_code == 400
    assert client.get(f"/doubts/{message_id}/sent").status_code == 405
    assert state_of(house, message_id) == "in_doubt"


def test_another_merchants_letter_is_not_there(client: FlaskClient, house: House) -> None:
    _, (foreign,) = doubtful_shop(house, "KILN-1", merchant_name="Kiln & Co")
    harbour, _ = doubtful_shop(house, "1001")
    enter(client, house, harbour.merchant)

    assert "KILN-1" not in client.get("/doubts").text
    for message_id in (foreign, foreign + 100, 0, 2**63, 10**30):
        assert press(client, "/doubts", f"/doubts/{message_id}/sent").status_code == 404
    assert state_of(house, foreign) == "in_doubt"


@pytest.mark.parametrize("answer", ["scheduled", "sending", "delivered", "in_doubt"])
def test_no_address_sends_a_letter_again(client: FlaskClient, house: House, answer: str) -> None:
    shop, (message_id,) = doubtful_shop(house, "1001")
    enter(client, house, shop.merchant)

    assert press(client, "/doubts", f"/doubts/{message_id}/{answer}").status_code == 404
    assert state_of(house, message_id) == "in_doubt"


def doubtful_thanks(house: House, order: str, merchant_name: str = "Harbour Mugs") -> tuple[Shop, int]:
    with house.database.transaction() as session:
        shop = make_shop(session, merchant_name)
        letter = ask(session, shop, order)
        owner = {"merchant_id": shop.merchant.id, "enrollment_id": letter.enrollment_id, "version_id": shop.version.id}
        order_incentive(session, owner, "autumn", None, NOW)
        incentive = hold_incentive(session, letter.enrollment_id)
        move(incentive, IncentiveState.CLAIMED, NOW, NOW)
        move(incentive, IncentiveState.IN_DOUBT, NOW)
        return shop, incentive.id


def state_of_thanks(house: House, incentive_id: int) -> str:
    with house.database.reading() as session:
        return session.get_one(Incentive, incentive_id).state


def test_a_thank_you_in_doubt_is_shown_and_settled_once(client: FlaskClient, house: House) -> None:
    shop, incentive_id = doubtful_thanks(house, "1001")
    enter(client, house, shop.merchant)

    assert "1 thank-you mail is in doubt" in client.get("/").text
    page = client.get("/doubts").text
    assert f"Thank-you {incentive_id}<" in page
    assert "order <bdi>1001</bdi>" in page
    settled = press(client, "/doubts", f"/doubts/thanks/{incentive_id}/failed")
    again = press(client, "/doubts", f"/doubts/thanks/{incentive_id}/sent")

    assert (settled.status_code, again.status_code) == (303, 409)
    assert f"Thank-you {incentive_id} is not in doubt: it is failed." in again.text
    assert "mail is in doubt" not in client.get("/").text


def test_nobody_settles_another_merchants_thank_you(client: FlaskClient, house: House) -> None:
    _, foreign = doubtful_thanks(house, "KILN-1", "Kiln & Co")
    shop, _ = doubtful_thanks(house, "1001")
    enter(client, house, shop.merchant, Role.MARKETER)

    assert "KILN-1" not in client.get("/doubts").text
    assert press(client, "/doubts", f"/doubts/thanks/{foreign}/sent").status_code == 404
    assert state_of_thanks(house, foreign) == "in_doubt"
