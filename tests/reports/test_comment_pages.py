"""Staff read what came from their own site, let in what was held, and no rate ever counts it."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaigns.cli import add_commands
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.staff import Role
from campaigns.responses.box import add_box
from campaigns.responses.comment import BoxComment
from tests.factories import NOW, make_campaign, make_merchant
from tests.merchants.browser import enter, press


def commented(house: House, *levels: str, name: str = "Harbour Mugs", **values: Any) -> tuple[Merchant, list[int]]:
    with house.database.transaction() as session:
        merchant = make_merchant(session, name=name)
        box = add_box(session, merchant.id, "Footer", ["https://shop.example"], NOW)
        blank: dict[str, Any] = {
            "merchant_id": merchant.id,
            "box_id": box.id,
            "name": "Ana",
            "text": "Lovely <b>mug</b>",
            "digest": "",
            "locale": "en",
            "client": "c",
            "reasons": ["links"],
            "at": NOW,
        }
        rows = [BoxComment(**{**blank, **values}, level=level, nonce=number) for number, level in enumerate(levels)]
        session.add_all(rows)
        session.flush()
        return merchant, [row.id for row in rows]


def level_of(house: House, comment_id: int) -> str:
    with house.database.reading() as session:
        return session.get_one(BoxComment, comment_id).level


def test_comments_are_on_the_overview_with_where_they_came_from(client: FlaskClient, house: House) -> None:
    merchant, _ = commented(house, "confirmed", "confirmed", "held")
    enter(client, house, merchant)

    page = client.get("/").text

    assert "Comments from your site" in page
    assert "2 comments, counted apart" in page
    assert '<a href="/comments">1 held' in page
    assert "Footer" in page
    assert page.count("Lovely &lt;b&gt;mug&lt;/b&gt;") == 2


def test_no_rate_counts_them(app: Flask, house: House) -> None:
    merchant, _ = commented(house, "confirmed", "held")
    with house.database.transaction() as session:
        make_campaign(session, merchant)
    add_commands(app)

    done = app.test_cli_runner().invoke(args=["report", "response-rate", "--merchant", str(merchant.id), "--json"])

    assert '"responses": 0' in done.output


def test_what_is_held_is_let_in_or_turned_away_and_either_is_taken_back(client: FlaskClient, house: House) -> None:
    merchant, (first, second) = commented(house, "held", "held")
    enter(client, house, merchant, Role.AGENT)
    assert "Doubted because it has several links" in client.get("/comments").text

    for verb, comment_id, level in (
        ("reinstate", first, "confirmed"),
        ("reject", second, "rejected"),
        ("reject", first, "rejected"),
        ("reinstate", second, "confirmed"),
    ):
        assert press(client, "/comments", f"/comments/{comment_id}/{verb}").status_code == 303
        assert level_of(house, comment_id) == level


def test_another_merchants_comment_is_nowhere(client: FlaskClient, house: House) -> None:
    _, (theirs,) = commented(house, "held", name="Other", text="Their secret words")
    merchant, _ = commented(house, "held")
    enter(client, house, merchant)

    assert press(client, "/comments", f"/comments/{theirs}/reinstate").status_code == 404
    assert level_of(house, theirs) == "held"
    assert "Their secret words" not in client.get("/comments").text + client.get("/").text


def test_who_may_not_read_answers_reads_no_comments(client: FlaskClient, house: House) -> None:
    merchant, _ = commented(house, "confirmed")
    enter(client, house, merchant, Role.VIEWER)

    assert client.get("/comments").status_code == 403
    assert "Lovely" not in client.get("/").text


@pytest.mark.parametrize("path", ["/comments", "/comments/1/reject"])
def test_nobody_comes_in_without_signing_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in {303, 405}
    assert client.get("/comments").location == "/login"


def test_a_form_of_another_site_judges_nothing(client: FlaskClient, house: House) -> None:
    merchant, (comment_id,) = commented(house, "held")
    enter(client, house, merchant)

    assert client.post(f"/comments/{comment_id}/reinstate").status_code == 400
    assert level_of(house, comment_id) == "held"
