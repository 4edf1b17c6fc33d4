"""The small files behind a customer's page."""

import pytest
from flask.testing import FlaskClient

from campaigns.composition.theme import contrast
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from campaigns.responses.box import add_box
from campaigns.responses.look import STYLE, look_name, stylesheet
from tests.factories import NOW
from tests.responses.conftest import Letter


@pytest.mark.parametrize("accent", ["#1f6f54", "#ffee00", "#000000", "#ffffff", "#b4552d", "nonsense"])
def test_a_merchants_colour_can_be_read_by_day_and_by_night(accent: str) -> None:
    day, night = stylesheet(accent.removeprefix("#")).splitlines()[:2]
    by_day, by_night = (line.split("--accent:")[1][:7] for line in (day, night))

    assert contrast(by_day, "#ffffff") >= 4.5
    assert contrast(by_night, "#16191c") >= 4.5
    assert "--paper: #16191c" in STYLE, "the night's paper is the one colours are measured against"


@pytest.mark.parametrize(
    ("accent", "name"),
    [
        ("#1F6F54", "1f6f54"),
        ("red", "plain"),
        ("", "plain"),
        ("#12345", "plain"),
        ("#../../", "plain"),
        ("#12345٦", "plain"),
    ],
)
def test_only_a_colour_becomes_part_of_an_address(accent: str, name: str) -> None:
    assert look_name(accent) == name


def test_pages_wear_a_second_colour_and_a_font_only_where_the_merchant_chose_them() -> None:
    plain, dressed = look_name("#1f6f54"), look_name("#1f6f54", "#aa3300", "serif")

    assert (plain, dressed) == ("1f6f54", "1f6f54-aa3300-serif")
    assert "--second:" not in stylesheet(plain).splitlines()[0]
    by_day, by_night = stylesheet(dressed).splitlines()[:2]
    assert "--second:#aa3300;--font:Charter, " in by_day
    assert contrast(by_night.split("--second:")[1][:7], "#16191c") >= 4.5
    assert look_name("#1f6f54", "", "mono") == "1f6f54-plain-mono"


@pytest.mark.parametrize(
    "name", ["", "-", "--", "x-}body{-serif;", "1f6f54-aa3300-url(x)", "1f6f54-red-<b>", "a-b-c-d-e"]
)
def test_an_address_writes_nothing_into_a_stylesheet(name: str) -> None:
    head = "".join(stylesheet(name).splitlines()[:2])

    assert "--font" not in head
    assert all(piece not in head for piece in ("body", "url", "<b>", "red"))


def test_the_survey_and_the_comment_box_ask_for_the_look_of_their_merchant(
    house: House, client: FlaskClient, letter: Letter
) -> None:
    with house.database.transaction() as session:
        merchant = session.get_one(Merchant, letter.merchant_id)
        merchant.second, merchant.font, merchant.logo_url = "#aa3300", "serif", "https://shop.example/logo.png"
        key = add_box(session, merchant.id, "site", ["https://shop.example"], NOW).key
    pages = [client.get(letter.rate(4)), client.get(f"/c/{key}")]

    for page in pages:
        sheet = next(part for part in page.text.split('"') if part.endswith(".css"))
        assert sheet.endswith("/1f6f54-aa3300-serif.css")
        assert "--second:#aa3300" in client.get(sheet).text
        assert "https:" not in page.headers["Content-Security-Policy"].split("frame-ancestors")[0]
        assert "logo.png" not in page.text
