"""Who runs campaigns sees their letters in every way, and sends a test to themselves that counts for nothing."""

import email
import email.policy
import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from campaigns.catalog.campaign import apply_campaign
from campaigns.catalog.campaign_file import read_definition
from campaigns.catalog.own_template import add_version
from campaigns.database import Base
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.staff import Role
from tests.composition.brought import sources
from tests.delivery.servers import Sink
from tests.factories import NOW, make_campaign, make_merchant
from tests.merchants.browser import enter, press


def shop_with(house: House, **campaign: Any) -> tuple[Merchant, str]:
    """Return a merchant and the page that shows its campaign's letters."""
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        if campaign.get("template") == "own/summer":
            add_version(session, merchant.id, "summer", sources("<mj-text>OURS ALONE</mj-text>"), NOW)
        version = make_campaign(session, merchant, **campaign)
    return merchant, f"/campaigns/{version.campaign_id}/preview"


def rows(house: House) -> dict[str, int]:
    """Return how many rows every table has that a letter or an answer could be counted from."""
    with house.database.reading() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in {"staff", "sign_in"}]
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def read(data: bytes) -> tuple[email.message.EmailMessage, str]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    part = message.get_body(("html",))
    assert part is not None
    return message, str(part.get_content())


def path_of(link: str) -> str:
    return link.removeprefix("http://localhost:8000")


@pytest.mark.parametrize(
    ("role", "status"), [(Role.OWNER, 200), (Role.MARKETER, 200), (Role.AGENT, 403), (Role.VIEWER, 403)]
)
def test_only_who_runs_campaigns_sees_their_letters(client: FlaskClient, house: House, role: Role, status: int) -> None:
    merchant, page = shop_with(house)
    assert client.get(page).status_code == 303
    enter(client, house, merchant, role)

    assert client.get(page).status_code == status
    assert client.get(f"{page}/invitation").status_code == status
    assert ("See letters" in client.get("/").text) == (status == 200)


def test_nobody_sees_or_sends_the_letters_of_another_merchant(client: FlaskClient, house: House, sink: Sink) -> None:
    _, theirs = shop_with(house)
    ours, own_page = shop_with(house)
    enter(client, house, ours)

    assert client.get(theirs).status_code == 404
    assert client.get(f"{theirs}/invitation").status_code == 404
    assert press(client, own_page, f"{theirs}/invitation/test").status_code == 404
    assert sink.letters == []


def test_the_letter_is_shown_as_it_is_asked_for_and_can_do_nothing(client: FlaskClient, house: House) -> None:
    merchant, page = shop_with(house)
    enter(client, house, merchant)

    plain = client.get(f"{page}/invitation")
    german = client.get(f"{page}/reminder?language=de&light=dark&images=off&buyer=no-name")

    assert "sandbox" in plain.headers["Content-Security-Policy"]
    assert "script-src" not in plain.headers["Content-Security-Policy"]
    assert "img-src data:;" in german.headers["Content-Security-Policy"]
    assert "Hello Ana," in plain.text
    assert "@media not all" in plain.text
    assert 'lang="de"' in german.text
    assert "Jürgen" not in german.text
    assert "@media all" in german.text
    assert "/r/" in plain.text
    link = re.search(r'href="http://localhost:8000(/r/[^"]+)"', plain.text)
    assert link
    assert client.get(link[1]).status_code == 404, "a preview's links open nobody's letter"


def test_a_wish_that_nobody_offers_is_no_wish(client: FlaskClient, house: House) -> None:
    merchant, page = shop_with(house)
    enter(client, house, merchant)

    odd = "?language=xx&light=<b>&buyer=nobody&width=9"
    assert client.get(f"{page}/invitation{odd}").text == client.get(f"{page}/invitation").text
    assert "<b>" not in client.get(f"{page}{odd}").text


def test_a_template_of_the_merchants_own_is_shown(client: FlaskClient, house: House) -> None:
    merchant, page = shop_with(house, template="own/summer")
    enter(client, house, merchant)

    assert "own/summer@1" in client.get(page).text
    assert "OURS ALONE" in client.get(f"{page}/invitation").text


def test_a_letter_that_cannot_be_written_says_why(client: FlaskClient, house: House) -> None:
    merchant, page = shop_with(house)
    with house.database.transaction() as session:
        session.get_one(Merchant, merchant.id).postal_address = ""
    enter(client, house, merchant)

    assert "The merchant has no postal address" in client.get(f"{page}/invitation").text


def test_a_campaign_without_a_reminder_shows_none(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        campaign_id = apply_campaign(session, merchant.id, read_definition({"name": "Once"}), NOW).campaign_id
    enter(client, house, merchant)

    page = client.get(f"/campaigns/{campaign_id}/preview").text
    assert "The invitation" in page
    assert "The reminder" not in page


def test_a_test_goes_to_who_pressed_the_button_and_leaves_no_trace(
    client: FlaskClient, house: House, sink: Sink
) -> None:
    merchant, page = shop_with(house)
    staff = enter(client, house, merchant)
    before = rows(house)

    sent = press(client, page, f"{page}/invitation/test", language="de", to="ana@example.com")
    press(client, page, f"{page}/reminder/test")

    assert sent.status_code == 303
    assert "language=de" in sent.location
    assert sink.recipients == [staff.email, staff.email]
    (first, html), (second, _) = map(read, sink.letters)
    assert first["Subject"].startswith("[Test] ")
    assert second["Subject"].startswith("[Test] ")
    assert 'lang="de"' in html
    assert first["Message-ID"] != second["Message-ID"]
    assert second["In-Reply-To"] is None
    assert "campaign0:" in first["Feedback-ID"]
    assert f"on its way to {staff.email}" in client.get(sent.location).text
    assert rows(house) == before


def test_what_the_links_of_a_test_do_is_kept_nowhere(client: FlaskClient, house: House, sink: Sink) -> None:
    merchant, page = shop_with(house)
    enter(client, house, merchant)
    press(client, page, f"{page}/invitation/test")
    message, html = read(sink.letters[0])
    before = rows(house)
    ratings = re.findall(r'href="(http://localhost:8000[^"]+)" data-rating="(\d)"', html)
    stop = path_of(message["List-Unsubscribe"].strip("<>"))
    somebody = client.application.test_client()

    assert [score for _, score in ratings] == ["1", "2", "3", "4", "5"]
    for link, score in ratings:
        shown = somebody.get(path_of(link))
        assert shown.status_code == 200
        assert "This is a test." in shown.text
        assert f"{score} of 5 was clicked" in shown.text
        assert ("What went wrong?" in shown.text) == (int(score) <= 3)
        assert "Set-Cookie" not in shown.headers
    assert "Here a customer unsubscribes" in somebody.get(stop).text
    one_click = somebody.post(stop, data={"List-Unsubscribe": "One-Click"})
    assert (one_click.status_code, one_click.text) == (200, "")
    assert somebody.post(path_of(ratings[0][0])).status_code == 405
    assert rows(house) == before


def test_a_tests_token_opens_no_real_page_and_a_real_one_no_test(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        version = make_campaign(session, make_merchant(session))
    trial, real = house.links.trial(version.id).letter_token(1), house.links.letter_token(1)

    for path in (f"/r/{trial}/5", f"/s/{trial}", f"/u/{trial}"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
    for path in (
        f"/t/{real}",
        f"/t/{real}/5",
        f"/t/{real}/unsubscribe",
        "/t/forged",
        f"/t/{trial}/99",
        f"/t/{trial}/x",
    ):
        assert client.get(path).status_code == 404
    assert client.post(f"/t/{real}/unsubscribe").status_code == 404
    assert client.get(f"/t/{house.links.trial(0).letter_token(1)}/4").status_code == 200


def test_a_test_that_does_not_leave_says_so(client: FlaskClient, house: House, sink: Sink) -> None:
    merchant, page = shop_with(house)
    enter(client, house, merchant)
    sink.data = "550 5.7.1 no"

    refused = press(client, page, f"{page}/invitation/test")
    assert "did not leave" in client.get(refused.location).text

    object.__setattr__(house, "settings", replace(house.settings, smtp_url="smtp://127.0.0.1:9"))
    away = press(client, page, f"{page}/invitation/test")
    assert "did not leave" in client.get(away.location).text
