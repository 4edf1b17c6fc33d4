"""What is counted is shown to this machine or to whoever has the token, and costs the database next to nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from campaigns import meters, schema
from campaigns.app import create_app
from campaigns.database import Database
from campaigns.exposition import CONTENT_TYPE
from campaigns.house import House
from tests.factories import ask_ana
from tests.test_exposition import read

TOKEN = "a-token-of-many-letters"


@pytest.fixture(autouse=True)
def _counted_here(tmp_path: Path) -> Iterator[None]:
    meters.keep_in(tmp_path / "metrics")
    yield
    meters.keep_in(tmp_path / "nobody-looks-here")


@pytest.fixture
def app(house: House) -> Flask:
    """One of its own: what it scraped last is kept with it, and a door is added."""
    app = create_app(house)
    app.config["TESTING"] = True
    return app


def guarded(house: House) -> FlaskClient:
    return create_app(replace(house, settings=replace(house.settings, metrics_token=TOKEN))).test_client()


def test_this_machine_reads_what_is_counted_and_what_waits(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        ask_ana(session, house.vault)
    meters.count_letters("sent", 3)

    answer = client.get("/metrics")

    found = read(answer.text)
    assert (answer.status_code, answer.content_type) == (200, CONTENT_TYPE)
    assert found["askwell_letters_total", ("sent",)] == 3
    assert found["askwell_letters_due", ()] == 1
    assert found["askwell_merchants_due", ()] == 1
    assert found["askwell_oldest_due_seconds", ()] > 0 or True
    assert found["askwell_waiting", ("purchase",)] == 1
    assert found["askwell_halts", ("everything",)] == 0
    assert found["askwell_database_up", ()] == 1


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("203.0.113.7", {}),
        ("", {}),
        ("nonsense", {}),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}),
        ("127.0.0.1", {"x-real-ip": "203.0.113.7"}),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.7"}),
        ("127.0.0.1", {"Host": "ask.example.com"}),
        ("127.0.0.1", {"Host": "localhost.example.com"}),
        ("203.0.113.7", {"Authorization": "Bearer "}),
    ],
)
def test_without_a_token_there_is_nothing_here_for_anybody_else(
    client: FlaskClient, peer: str, headers: dict[str, str]
) -> None:
    answer = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": peer})

    assert answer.status_code == 404
    assert "askwell_" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_is_known_by_its_local_names(client: FlaskClient, host: str) -> None:
    assert client.get("/metrics", headers={"Host": host}).status_code == 200
    ipv6 = {"REMOTE_ADDR": "::1"}
    assert client.get("/metrics", headers={"Host": host}, environ_overrides=ipv6).status_code == 200


def test_with_a_token_it_opens_the_door_from_everywhere_and_nothing_else_does(house: House) -> None:
    client, far = guarded(house), {"REMOTE_ADDR": "203.0.113.7"}

    def status(authorization: str) -> int:
        headers = {"Authorization": authorization, "Host": "ask.example.com"}
        return client.get("/metrics", headers=headers, environ_overrides=far).status_code

    assert status(f"Bearer {TOKEN}") == 200
    assert [status(word) for word in ("", "Bearer", f"Bearer {TOKEN}x", TOKEN, "Bearer wrong", "Bearer ä")] == [404] * 6
    assert client.get("/metrics").status_code == 404


def test_every_door_is_counted_by_its_pattern_and_never_by_what_was_asked_for(client: FlaskClient) -> None:
    client.get("/r/secret-token/5")
    client.get("/nothing/secret-token")
    client.post("/login")

    answer = client.get("/metrics")

    found = read(answer.text)
    assert found["askwell_requests_total", ("GET /r/<token>/<score>", "404")] == 1
    assert found["askwell_requests_total", ("none", "404")] == 1
    assert found["askwell_requests_total", ("POST /login", "400")] == 1
    assert found["askwell_request_seconds_count", ("GET /r/<token>/<score>",)] == 1
    assert "secret-token" not in answer.text


def test_a_door_that_breaks_is_counted(app: Flask) -> None:
    def break_() -> str:
        raise ValueError

    app.config["TESTING"] = False
    app.add_url_rule("/break", view_func=break_)
    app.test_client().get("/break")

    assert read(meters.text())["askwell_requests_total", ("GET /break", "500")] == 1


def test_however_many_scrape_the_database_is_asked_once(client: FlaskClient, house: House) -> None:
    asked: list[str] = []
    event.listen(house.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    client.get("/metrics")
    once = len(asked)
    for _ in range(9):
        client.get("/metrics")

    assert 0 < once <= 6
    assert len(asked) == once


def test_without_its_database_a_house_still_tells_what_it_counted(house: House) -> None:
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:9/none")
    client = create_app(replace(house, database=nowhere)).test_client()
    meters.count_letters("sent", 3)

    found = read(client.get("/metrics").text)

    assert found["askwell_database_up", ()] == 0
    assert found["askwell_letters_total", ("sent",)] == 3
    assert ("askwell_letters_due", ()) not in found


def test_code_behind_the_schema_is_ready_and_code_ahead_of_it_is_not(client: FlaskClient, house: House) -> None:
    def readyz(revision: str) -> tuple[int, str]:
        with house.database.transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        answer = client.get("/readyz")
        assert answer.json is not None
        return answer.status_code, answer.json["schema"]

    head = schema.head() or ""

    assert readyz("9999") == (200, "ahead")
    assert readyz("0001") == (503, "behind")
    assert readyz(head) == (200, "head")
