"""The application answers kindly whatever happens, and says what a browser may do with each answer."""

import json
import logging
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaigns.app import create_app
from campaigns.database import Database
from campaigns.house import House
from campaigns.queues import Bell
from campaigns.settings import Env
from tests.factories import ask_ana, make_merchant
from tests.merchants.browser import enter, press


@pytest.fixture
def https_app(house: House) -> Flask:
    settings = replace(house.settings, env=Env.PRODUCTION, base_url="https://ask.example")
    return create_app(replace(house, settings=settings))


def test_a_process_that_runs_is_healthy_and_touches_nothing(house: House) -> None:
    app = create_app(replace(house, database=Database("postgresql+psycopg://nobody@127.0.0.1:9/none")))

    answer = app.test_client().get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok")


def test_a_house_with_its_database_is_ready_without_redis(client: FlaskClient, house: House) -> None:
    dead = create_app(replace(house, bell=Bell("redis://127.0.0.1:9"))).test_client()

    assert client.get("/readyz").json == {"database": "ok", "redis": "none", "schema": "head"}
    assert dead.get("/readyz").json == {"database": "ok", "redis": "down", "schema": "head"}
    assert dead.get("/readyz").status_code == 200


def test_a_house_without_its_database_is_not_ready(house: House) -> None:
    app = create_app(replace(house, database=Database("postgresql+psycopg://nobody@127.0.0.1:9/none")))

    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.json) == (503, {"database": "down", "redis": "none", "schema": "unknown"})


@pytest.mark.parametrize("path", ["/login", "/", "/healthz", "/nothing-here", "/webhooks/unknown", "/r/forged/5"])
def test_every_answer_says_what_a_browser_may_do(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_a_stylesheet_may_be_kept(client: FlaskClient) -> None:
    with client.get("/static/askwell.css") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] != "no-store"
        assert len(answer.data) < 15_000


def test_a_cookie_is_for_this_site_and_out_of_reach_of_scripts(client: FlaskClient, https_app: Flask) -> None:
    plain = client.get("/login").headers["Set-Cookie"]
    over_https = https_app.test_client().get("/login", base_url="https://ask.example")

    assert plain.startswith("askwell=")
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    secure = over_https.headers["Set-Cookie"]
    assert secure.startswith("__Host-askwell=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(secure.split("; "))
    assert "Domain" not in secure
    assert over_https.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_forms_work_over_https_although_browsers_are_told_to_send_no_referer(https_app: Flask) -> None:
    client = https_app.test_client()
    page = client.get("/login", base_url="https://ask.example")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"csrf_token": token, "email": "nobody@example.com"}

    answer = client.post("/login", base_url="https://ask.example", data=fields)

    assert answer.status_code == 200


def test_customers_and_shops_never_get_a_cookie_not_even_signed_in(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        message = ask_ana(session, house.vault)
        merchant = make_merchant(session, name="Kiln & Co")
    enter(client, house, merchant)
    token = house.links.letter_token(message.id)
    unsubscribe = house.links.unsubscribe(token).removeprefix(house.links.base_url)

    answers = [client.get(f"/r/{token}/5"), client.get(f"/s/{token}"), client.get(unsubscribe)]
    answers += [client.post(unsubscribe, data={"List-Unsubscribe": "One-Click"}), client.post("/webhooks/none")]

    assert [answer.headers.get("Set-Cookie") for answer in answers] == [None] * 5
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 404]


def test_a_session_outlives_the_change_of_the_secret_key(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
    enter(client, house, merchant)
    cookie = client.get_cookie("askwell")
    assert cookie is not None
    rotated = replace(house.settings, secret_keys=("n" * 40, *house.settings.secret_keys))
    after = create_app(replace(house, settings=rotated)).test_client()
    after.set_cookie("askwell", cookie.value)

    assert after.get("/").status_code == 200


def test_people_read_a_page_and_machines_read_json(client: FlaskClient) -> None:
    page, answer = client.get("/nothing-here"), client.get("/api/v1/nothing-here")

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "Nothing here" in page.text
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert list(json.loads(answer.text)) == ["error"]


def test_a_body_beyond_a_megabyte_is_not_read(client: FlaskClient) -> None:
    answer = client.post("/webhooks/none", data=b"x" * 2_000_000)

    assert answer.status_code == 413
    assert "one megabyte" in answer.get_json()["error"]


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/login")

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_the_mailbox_is_there_in_development_only(client: FlaskClient, https_app: Flask) -> None:
    assert client.get("/mailbox").status_code == 200
    assert https_app.test_client().get("/mailbox", base_url="https://ask.example").status_code == 404


def test_what_breaks_is_logged_without_what_it_says(house: House, caplog: pytest.LogCaptureFixture) -> None:
    app, address = create_app(house), "@".join(("ana", "example.com"))

    def break_() -> str:
        raise ValueError(address)

    app.add_url_rule("/break", view_func=break_)
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/break")

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "ValueError" in caplog.text
    assert address not in caplog.text + answer.text


def test_signing_out_needs_the_form(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
    enter(client, house, merchant)

    assert client.get("/logout").status_code == 405
    assert client.get("/").status_code == 200
    assert press(client, "/", "/logout").status_code == 303


@pytest.mark.parametrize("host", ["..", "a..b", "ask.example:99999999"])
def test_a_host_that_is_none_is_refused_and_breaks_nothing(client: FlaskClient, host: str) -> None:
    for path in ("/login", "/webhooks/x", "/r/x/1"):
        assert client.get(path, headers={"Host": host}).status_code in {400, 404, 405, 200}


def test_an_origin_that_is_none_is_foreign_and_breaks_nothing(client: FlaskClient) -> None:
    answer = client.post("/u/x", data={"confirm": "yes"}, headers={"Origin": "http://["})

    assert answer.status_code == 404
