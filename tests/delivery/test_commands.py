"""Relays and paces are set from the shell, where no password is ever shown again."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from campaigns.cli import add_commands
from campaigns.delivery.relay import relays_of
from campaigns.house import House
from campaigns.merchants.merchant import get_merchant
from tests.factories import make_merchant

URL = "smtp://key:hunter2@mx.example:2525"


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    add_commands(app)
    return app.test_cli_runner()


@pytest.fixture
def merchant_id(house: House) -> int:
    with house.database.transaction() as session:
        return make_merchant(session).id


def run(shell: FlaskCliRunner, words: str, typed: str | None = None) -> Any:
    done = shell.invoke(args=[*words.split(), "--json"], input=typed)
    assert done.exit_code == 0, done.output
    assert "hunter2" not in done.output
    return json.loads(done.output)


def test_a_relay_is_added_looked_at_paused_and_removed(shell: FlaskCliRunner, merchant_id: int) -> None:
    mine = f"--merchant {merchant_id}"
    limits = "--weight 3 --tier 1 --rate 14 --connections 8 --warm-up-from 2026-12-01 --signs"
    made = run(shell, f"relay add {mine} --name ses --url {URL} {limits}")
    relay = made["relay"]

    [row] = run(shell, f"relay list {mine}")["relays"]
    assert (row["server"], row["state"], row["weight"], row["tier"]) == ("mx.example:2525", "active", 3, 1)
    assert (row["letters_per_second"], row["connections"], row["signs"]) == (14, 8, True)
    assert row["warm_up_from"] == "2026-12-01"
    assert row["letters_today"] is None or row["letters_today"] >= 50

    assert run(shell, f"relay pause {relay} {mine}")["state"] == "paused"
    assert run(shell, f"relay list {mine}")["relays"][0]["state"] == "paused"
    assert run(shell, f"relay resume {relay} {mine}")["state"] == "active"
    assert run(shell, f"relay remove {relay} {mine}")["state"] == "removed"
    assert run(shell, f"relay list {mine}")["relays"] == []


def test_a_url_comes_from_a_file_or_is_typed(
    shell: FlaskCliRunner, house: House, merchant_id: int, tmp_path: Path
) -> None:
    (tmp_path / "url").write_text(URL + "\n")

    run(shell, f"relay add --merchant {merchant_id} --name one --url-file {tmp_path / 'url'}")
    run(shell, f"relay add --merchant {merchant_id} --name two --url -", typed=URL + "\n")

    with house.database.reading() as session:
        servers = {row.server(house.vault) for row in relays_of(session, merchant_id)}
    assert [(server.host, server.password) for server in servers] == [("mx.example", "hunter2")]


def test_people_read_sentences(shell: FlaskCliRunner, merchant_id: int) -> None:
    mine = f"--merchant {merchant_id}"
    assert "letters leave by the house's own relay" in shell.invoke(args=f"relay list {mine}".split()).output

    shell.invoke(args=f"relay add {mine} --name ses --url {URL} --rate 14 --warm-up-from 2999-01-01".split())

    output = shell.invoke(args=f"relay list {mine}".split()).output
    assert "ses  mx.example:2525  active  tier 0, weight 1, 4 connections, 14 a second, 50 a day" in output
    assert "hunter2" not in output


def test_a_merchant_has_a_pace_and_loses_it(shell: FlaskCliRunner, house: House, merchant_id: int) -> None:
    assert run(shell, f"pace set {merchant_id} --letters-per-second 2.5")["letters_per_second"] == 2.5
    with house.database.reading() as session:
        assert get_merchant(session, merchant_id).letters_per_second == 2.5

    assert run(shell, f"pace set {merchant_id} --letters-per-second none")["letters_per_second"] is None
    with house.database.reading() as session:
        assert get_merchant(session, merchant_id).letters_per_second is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("relay add --merchant 1 --name x", "Say where the relay is: either --url URL"),
        (f"relay add --merchant 1 --name x --url {URL} --url-file y", "Say where the relay is: either --url URL"),
        ("relay add --merchant 1 --name x --url-file /nowhere", "The file of --url-file cannot be read."),
        ("relay add --merchant 1 --name x --url http://key:hunter2@mx.example", "The URL is smtp://user:password@"),
        ("relay add --merchant 1 --name x --url smtp://key:hunter2@mx.example:no", "The URL is smtp://"),
        (f"relay add --merchant 1 --name x --url {URL} --rate fast", "--rate is 'fast'"),
        (f"relay add --merchant 1 --name x --url {URL} --rate 0", "--rate is '0'"),
        (f"relay add --merchant 77 --name x --url {URL}", "There is no merchant 77"),
        (f"relay add --merchant 1 --name {'x' * 61} --url {URL}", "--name is blank or longer than 60 letters."),
        ("relay list --merchant 77", "There is no merchant 77"),
        ("relay pause 99 --merchant 1", "Merchant 1 has no relay 99."),
        ("relay remove 99 --merchant 1", "Merchant 1 has no relay 99."),
        ("relay check 99 --merchant 1", "Merchant 1 has no relay 99."),
        ("relay check 99", "Say which relay"),
        ("relay check --merchant 1", "Say which relay"),
        ("pace set 77 --letters-per-second 5", "There is no merchant 77"),
        ("pace set 1 --letters-per-second -5", "--letters-per-second is '-5'"),
    ],
)
def test_a_command_that_fails_says_why_in_one_sentence(
    shell: FlaskCliRunner, merchant_id: int, words: str, sentence: str
) -> None:
    words = words.replace("merchant 1", f"merchant {merchant_id}").replace("set 1 ", f"set {merchant_id} ")
    done = shell.invoke(args=words.split())

    assert done.exit_code == 1
    assert sentence.replace("Merchant 1 ", f"Merchant {merchant_id} ") in done.output
    assert "hunter2" not in done.output
    assert done.output.strip().count("\n") == 0


def test_a_name_is_taken_once(shell: FlaskCliRunner, merchant_id: int) -> None:
    words = f"relay add --merchant {merchant_id} --name ses --url {URL}".split()
    shell.invoke(args=words)

    assert "has a relay of that name" in shell.invoke(args=words).output
