"""A comment written on a shop's own site arrives; what a machine sends is held, slowed down or turned away, kindly."""

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaigns import clock
from campaigns.house import House
from campaigns.responses import box_pages
from campaigns.responses.box import Box, add_box, close_box
from campaigns.responses.box_look import LOADER, SCRIPT, box_stylesheet
from campaigns.responses.comment import BoxComment
from campaigns.responses.response import Response
from campaigns.tokens import Purpose
from tests.factories import NOW, make_merchant
from tests.responses.conftest import BROWSER, Records

SHOP = "https://shop.example"
WORDS = "The blue mug is lovely."
NONCE = re.compile(r'name="nonce" value="([^"]+)"')


@pytest.fixture
def box(house: House) -> Box:
    with house.database.transaction() as session:
        merchant = make_merchant(session, name="Harbour <Mugs>", accent="#aa3300")
        return add_box(session, merchant.id, "Footer", [SHOP, "https://www.shop.example"], NOW)


@pytest.fixture(autouse=True)
def roomy_box(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Visitors of a test come faster than those of a shop."""
    if "everybody" not in request.node.name:
        monkeypatch.setattr(box_pages, "OF_ONE_BOX", 1e9)


class Visitor:
    """Somebody at the box: opens it, takes a while, writes, and presses the button."""

    def __init__(self, client: FlaskClient, wait: Callable[..., None], box: Box) -> None:
        self.client, self.wait, self.path = client, wait, f"/c/{box.key}"

    def nonce(self, network: str = "198.51.100.7") -> str:
        found = NONCE.search(self.client.get(self.path, environ_base={"REMOTE_ADDR": network}).text)
        assert found
        return found[1]

    def write(self, text: str = WORDS, network: str = "198.51.100.7", after: float = 8, **form: str) -> TestResponse:
        nonce = form.pop("nonce", None) or self.nonce(network)
        self.wait(seconds=after)
        return self.post({"nonce": nonce, "touched": "1", "text": text, **form}, network)

    def post(self, form: dict[str, Any], network: str = "198.51.100.7", **headers: str) -> TestResponse:
        return self.client.post(
            self.path, data=form, headers={"User-Agent": BROWSER, **headers}, environ_base={"REMOTE_ADDR": network}
        )


@pytest.fixture
def visitor(client: FlaskClient, wait: Callable[..., None], box: Box) -> Visitor:
    return Visitor(client, wait, box)


def kept(records: Records) -> list[tuple[str, list[str]]]:
    return [(each.level, each.reasons) for each in records.all(BoxComment)]


def test_a_comment_arrives_with_its_name_and_answers_no_letter(visitor: Visitor, records: Records) -> None:
    sent = visitor.write(name="Ana <b>", text="Lovely <script>alert(1)</script>\r\nYours")

    assert sent.status_code == 303
    assert "Your comment has reached" in visitor.client.get(sent.location).text
    [comment] = records.all(BoxComment)
    assert (comment.level, comment.name) == ("confirmed", "Ana <b>")
    assert comment.text == "Lovely <script>alert(1)</script>\nYours"
    assert records.all(Response) == []


def test_nobody_has_to_give_a_name(visitor: Visitor, records: Records) -> None:
    visitor.write()

    assert [each.name for each in records.all(BoxComment)] == [""]


@pytest.mark.parametrize(
    ("form", "after", "reasons"),
    [
        ({"website": "https://spam.example"}, 8, ["trap"]),
        ({}, 1, ["hasty"]),
        ({"driven": "1"}, 8, ["robot"]),
        ({"text": "https://a.example https://b.example"}, 8, ["links"]),
        ({"text": "see https://a.example", "touched": ""}, 8, ["link", "untouched"]),
    ],
)
def test_what_a_machine_sends_is_thanked_for_held_and_not_lost(
    visitor: Visitor, records: Records, form: dict[str, str], after: float, reasons: list[str]
) -> None:
    assert visitor.write(**{"text": WORDS, **form}, after=after).status_code == 303
    assert kept(records) == [("held", reasons)]


def test_a_browser_that_names_itself_a_robot_is_held(visitor: Visitor, records: Records) -> None:
    nonce = visitor.nonce()
    visitor.wait(seconds=8)
    visitor.post({"nonce": nonce, "touched": "1", "text": WORDS}, **{"User-Agent": "python-requests/2"})

    assert kept(records) == [("held", ["robot"])]


def test_the_same_words_again_are_held(visitor: Visitor, records: Records) -> None:
    visitor.write(network="198.51.100.1")
    visitor.write(text=WORDS.upper(), network="203.0.113.1")

    assert kept(records) == [("confirmed", []), ("held", ["repeated"])]


def test_a_button_pressed_twice_sends_one_comment(visitor: Visitor, records: Records) -> None:
    nonce = visitor.nonce()

    answers = [visitor.write(nonce=nonce).status_code for _ in range(2)]

    assert (answers, len(records.all(BoxComment))) == ([303, 303], 1)


def test_a_page_is_good_for_one_comment_and_words_are_never_lost(visitor: Visitor, records: Records) -> None:
    nonce = visitor.nonce()
    visitor.write(nonce=nonce)

    again = visitor.write(nonce=nonce, text="Something <else>", network="203.0.113.1")

    assert again.status_code == 400
    assert "Something &lt;else&gt;</textarea>" in again.text
    assert "please press the button once more" in again.text
    assert len(records.all(BoxComment)) == 1
    fresh = NONCE.search(again.text)
    assert fresh
    assert visitor.write(nonce=fresh[1], text="Something else", network="192.0.2.1").status_code == 303


@pytest.mark.parametrize("nonce", ["", "nonsense", "other box", "other purpose", "too old"])
def test_a_form_we_did_not_show_is_not_taken(
    house: House, visitor: Visitor, box: Box, records: Records, nonce: str
) -> None:
    moment = int(clock.now().timestamp() * 1000)
    made = {
        "other box": house.tokens.sign(Purpose.BOX, [box.id + 1, moment, 1]),
        "other purpose": house.tokens.sign(Purpose.PAGE, [box.id, moment, 1]),
        "too old": house.tokens.sign(Purpose.BOX, [box.id, moment - 25 * 3_600_000, 1]),
    }

    answer = visitor.post({"nonce": made.get(nonce, nonce), "text": WORDS})

    assert (answer.status_code, WORDS in answer.text) == (400, True)
    assert records.all(BoxComment) == []


def test_an_empty_comment_is_asked_for_kindly(visitor: Visitor, records: Records) -> None:
    answer = visitor.write(text=" \u202e ")

    assert (answer.status_code, "Please write your comment first." in answer.text) == (400, True)
    assert records.all(BoxComment) == []


def test_a_flood_of_one_network_is_slowed_down_and_others_are_not(visitor: Visitor, records: Records) -> None:
    nonces = [visitor.nonce() for _ in range(5)]
    visitor.wait(seconds=8)

    answers = [
        visitor.post({"nonce": nonce, "text": f"{WORDS} {place}"}, f"198.51.100.{place}")
        for place, nonce in enumerate(nonces)
    ]

    assert [each.status_code for each in answers] == [303, 429, 429, 429, 429]
    assert answers[1].headers["Retry-After"] == "10"
    assert "please wait a moment" in answers[1].text
    assert f"{WORDS} 1</textarea>" in answers[1].text
    assert len(records.all(BoxComment)) == 1


def test_one_box_takes_only_so_many_at_once_from_everybody(app: Flask) -> None:
    with app.app_context():
        gate = box_pages.Gate()
        answers = [gate.lets_in(1, f"{network:08x}") for network in range(500)]

    assert answers[0] is True
    assert False in answers


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": SHOP}])
def test_a_form_of_another_site_is_not_taken(visitor: Visitor, records: Records, headers: dict[str, str]) -> None:
    nonce = visitor.nonce()

    assert visitor.post({"nonce": nonce, "text": WORDS}, **headers).status_code == 403
    assert records.all(BoxComment) == []


def test_ten_megabytes_are_refused_kindly_and_in_the_frame(visitor: Visitor, records: Records) -> None:
    answer = visitor.post({"nonce": visitor.nonce(), "text": "x" * 10_000_000})

    assert answer.status_code == 413
    assert "write a little less" in answer.text
    assert f"frame-ancestors 'self' {SHOP} https://www.shop.example" in answer.headers["Content-Security-Policy"]
    assert records.all(BoxComment) == []


def test_only_the_sites_a_merchant_named_may_frame_a_box(visitor: Visitor, house: House, client: FlaskClient) -> None:
    page = client.get(visitor.path)

    assert f"frame-ancestors 'self' {SHOP} https://www.shop.example" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    assert "frame-ancestors 'none'" in client.get("/login").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in client.get("/c/" + "x" * 22).headers["Content-Security-Policy"]


def test_a_box_sets_no_cookie_and_is_not_found_by_search_engines(visitor: Visitor, client: FlaskClient) -> None:
    answers = [client.get(visitor.path), client.get(f"{visitor.path}.js"), visitor.write()]

    assert not any("Set-Cookie" in each.headers for each in answers)
    assert answers[0].headers["X-Robots-Tag"] == "noindex, nofollow"


def test_what_a_shop_loads_stays_small(visitor: Visitor, client: FlaskClient) -> None:
    script = client.get(f"{visitor.path}.js")

    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "public" in script.headers["Cache-Control"]
    assert f'"http://localhost:8000{visitor.path}"' in script.text
    assert "Harbour \\u003cMugs>" in script.text
    whole = [script.data, client.get(visitor.path).data, SCRIPT.encode(), box_stylesheet("aa3300").encode()]
    assert len(gzip.compress(script.data)) < 2_000
    assert sum(len(gzip.compress(each)) for each in whole) < 10_000
    assert LOADER.count("BOX") == 1


@pytest.mark.parametrize(
    ("wanted", "lang", "direction"), [("de-AT,de;q=0.9", "de", "ltr"), ("ar", "ar", "rtl"), ("tlh", "en", "ltr")]
)
def test_a_box_speaks_its_visitors_language(
    visitor: Visitor, client: FlaskClient, wanted: str, lang: str, direction: str
) -> None:
    page = client.get(visitor.path, headers={"Accept-Language": wanted}).text

    assert f'<html lang="{lang}" dir="{direction}">' in page
    assert "Harbour &lt;Mugs&gt;" in page


def test_a_closed_box_says_so_and_leaves_the_shops_page_alone(
    house: House, visitor: Visitor, box: Box, client: FlaskClient, records: Records
) -> None:
    nonce = visitor.nonce()
    with house.database.transaction() as session:
        close_box(session, session.get_one(Box, box.id), NOW)

    page, script, sent = client.get(visitor.path), client.get(f"{visitor.path}.js"), visitor.write(nonce=nonce)

    assert (page.status_code, "takes no more comments" in page.text) == (410, True)
    assert (script.status_code, script.text) == (200, "")
    assert (sent.status_code, records.all(BoxComment)) == (410, [])


@pytest.mark.parametrize("path", ["", ".js", "/thanks"])
def test_an_unknown_box_is_nowhere(client: FlaskClient, path: str) -> None:
    assert client.get(f"/c/{'x' * 22}{path}").status_code == 404
