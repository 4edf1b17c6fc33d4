"""Each role opens the doors it includes and no others; nobody touches another merchant's things."""

import pytest
from flask.testing import FlaskClient

from campaigns.catalog.campaign import get_campaign
from campaigns.house import House
from campaigns.merchants.staff import Role
from tests.factories import make_campaign, make_merchant
from tests.merchants.browser import enter, press


@pytest.mark.parametrize(
    ("role", "overview", "purchases", "pause"),
    [
        (Role.OWNER, 200, 200, 303),
        (Role.MARKETER, 200, 200, 303),
        (Role.AGENT, 200, 200, 403),
        (Role.VIEWER, 200, 403, 403),
    ],
)
def test_a_role_opens_the_doors_it_includes(
    client: FlaskClient, house: House, role: Role, overview: int, purchases: int, pause: int
) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        version = make_campaign(session, merchant)
    enter(client, house, merchant, role)

    assert client.get("/").status_code == overview
    assert client.get("/purchases").status_code == purchases
    assert press(client, "/", f"/campaigns/{version.campaign_id}/pause").status_code == pause


def test_a_campaign_is_paused_and_resumed(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        campaign_id = make_campaign(session, merchant).campaign_id
    enter(client, house, merchant)

    def is_paused() -> bool:
        with house.database.reading() as session:
            return get_campaign(session, merchant.id, campaign_id).is_paused

    press(client, "/", f"/campaigns/{campaign_id}/pause")
    assert is_paused()
    assert "Resume campaign" in client.get("/").text
    press(client, "/", f"/campaigns/{campaign_id}/resume")
    assert not is_paused()


def test_a_campaign_is_not_paused_without_the_token_of_the_form(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        campaign_id = make_campaign(session, merchant).campaign_id
    enter(client, house, merchant)

    assert client.post(f"/campaigns/{campaign_id}/pause").status_code == 400
    assert client.get(f"/campaigns/{campaign_id}/pause").status_code == 405


def test_another_merchants_campaign_is_not_there(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        merchant, other = make_merchant(session), make_merchant(session, name="Kiln & Co")
        foreign = make_campaign(session, other).campaign_id
    enter(client, house, merchant)

    for campaign_id in (foreign, foreign + 1, 0, 2**63, 10**30):
        assert press(client, "/", f"/campaigns/{campaign_id}/pause").status_code == 404

    with house.database.reading() as session:
        assert not get_campaign(session, other.id, foreign).is_paused


def test_nobody_gets_past_a_staff_door_unsigned(client: FlaskClient) -> None:
    for path in ("/", "/purchases"):
        assert client.get(path).location == "/login"


def test_a_forged_session_is_nobodys(client: FlaskClient, house: House) -> None:
    client.set_cookie("askwell", "eyJzdGFmZl9pZCI6MX0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")

    assert client.get("/").location == "/login"
