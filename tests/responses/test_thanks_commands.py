"""Codes and comment boxes are looked after from the shell; a code is never repeated there."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner

from campaigns.cli import add_commands
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from campaigns.responses.incentive import order_incentive
from campaigns.responses.pool import IncentiveCode
from tests.factories import NOW, ask_ana, make_campaign, make_merchant
from tests.merchants.browser import enter
from tests.responses.conftest import Records


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    add_commands(app)
    return app.test_cli_runner()


@pytest.fixture
def merchant(house: House) -> Merchant:
    with house.database.transaction() as session:
        return make_merchant(session)


def run(shell: FlaskCliRunner, *words: str) -> Any:
    done = shell.invoke(args=[*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def upload(shell: FlaskCliRunner, file: Path, merchant: Merchant, *more: str) -> Any:
    return shell.invoke(
        args=["incentive", "upload", str(file), "--merchant", str(merchant.id), "--pool", "autumn", *more]
    )


def test_a_file_of_codes_fills_a_pool_and_names_what_was_there(
    shell: FlaskCliRunner, merchant: Merchant, tmp_path: Path, records: Records
) -> None:
    file = tmp_path / "codes.txt"
    file.write_text("\ufeffAAA-111\r\nBBB-222\r\n\r\nAAA-111\r\n", encoding="utf-8")

    assert json.loads(upload(shell, file, merchant, "--json").output) == {
        "pool": "autumn",
        "added": 2,
        "duplicates": [4],
    }
    again = upload(shell, file, merchant).output

    assert "left out: line 1, 2, 4." in again
    assert "AAA-111" not in again
    assert len(records.all(IncentiveCode)) == 2
    pools = run(shell, "incentive", "list", "--merchant", str(merchant.id))["pools"]
    assert pools == [{"pool": "autumn", "left": 2, "used": 0, "waiting": 0}]


def test_many_codes_go_in_batches(shell: FlaskCliRunner, merchant: Merchant, tmp_path: Path) -> None:
    file = tmp_path / "codes.txt"
    file.write_text("\n".join(f"C{number % 1500}" for number in range(1600)))

    done = json.loads(upload(shell, file, merchant, "--json").output)

    assert done["added"] == 1500
    assert done["duplicates"] == list(range(1501, 1601))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"AAA\nSECRET\x07CODE\n", "Line 2 is no code"), (b"x" * 101, "Line 1 is no code"), (b"\xff\xfe", "not UTF-8")],
)
def test_a_file_that_cannot_be_read_is_named_by_line(
    shell: FlaskCliRunner, merchant: Merchant, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "codes.txt"
    file.write_bytes(content)

    done = upload(shell, file, merchant)

    assert (done.exit_code, said in done.output) == (1, True)
    assert "SECRET" not in done.output


def test_a_pool_that_is_empty_is_said_in_the_report_and_on_the_dashboard(
    shell: FlaskCliRunner, house: House, client: FlaskClient
) -> None:
    with house.database.transaction() as session:
        offer = {"incentive": {"pool": "autumn", "text": {"en": "10 % off"}}}
        message = ask_ana(session, house.vault, thanks=offer)
        merchant = session.get_one(Merchant, message.merchant_id)
        version = make_campaign(session, merchant, thanks=offer)
    enter(client, house, merchant)
    report = ("report", "response-rate", "--merchant", str(merchant.id))
    assert run(shell, *report)["alerts"] == ["Pool autumn has no code left."]

    with house.database.transaction() as session:
        owner = {"merchant_id": merchant.id, "enrollment_id": message.enrollment_id, "version_id": version.id}
        order_incentive(session, owner, "autumn", None, NOW)
        session.connection().exec_driver_sql("UPDATE incentive SET state = 'empty'")

    said = "Pool autumn has no code left, and 1 person who answered waits for one."
    assert said in shell.invoke(args=report).output
    assert said in client.get("/").text
    assert run(shell, "incentive", "list", "--merchant", str(merchant.id))["pools"][0]["waiting"] == 1


def test_a_box_is_made_listed_and_closed(shell: FlaskCliRunner, merchant: Merchant, client: FlaskClient) -> None:
    origins = ("--origin", "https://Shop.example/", "--origin", "https://bücher.example:8443")
    made = run(shell, "box", "create", "--merchant", str(merchant.id), *origins, "--name", "Footer")

    assert made["script"] == f'<script src="{made["url"]}.js" async></script>'
    assert client.get(made["url"].removeprefix("http://localhost:8000")).status_code == 200
    [row] = run(shell, "box", "list", "--merchant", str(merchant.id))["boxes"]
    assert row["origins"] == ["https://shop.example", "https://xn--bcher-kva.example:8443"]
    assert row["is_open"] is True

    run(shell, "box", "close", str(made["box"]), "--merchant", str(merchant.id))

    assert run(shell, "box", "list", "--merchant", str(merchant.id))["boxes"][0]["is_open"] is False
    assert client.get(made["url"].removeprefix("http://localhost:8000")).status_code == 410


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example",
        "http://shop.example",
        "https://*.shop.example",
        "https://shop.example/path",
        "https://shop.example; script-src *",
        "https://user@shop.example",
        "https://shop.example:99999",
        "https://",
        "*",
        "'self'",
        "javascript:alert(1)",
    ],
)
def test_an_origin_is_one_site_and_nothing_else(shell: FlaskCliRunner, merchant: Merchant, origin: str) -> None:
    done = shell.invoke(args=["box", "create", "--merchant", str(merchant.id), "--origin", origin])

    assert (done.exit_code, "it is a site's address alone" in done.output) == (1, True)


def test_another_merchants_box_is_not_there_to_close(shell: FlaskCliRunner, house: House, merchant: Merchant) -> None:
    made = run(shell, "box", "create", "--merchant", str(merchant.id), "--origin", "https://shop.example")
    with house.database.transaction() as session:
        other = make_merchant(session, name="Other")

    assert shell.invoke(args=["box", "close", str(made["box"]), "--merchant", str(other.id)]).exit_code == 1
