"""A signing key is made, shown and retired from the shell, with the record to publish."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from campaigns.cli import add_commands
from campaigns.composition.signers import signers_of
from campaigns.house import House
from tests.factories import make_merchant


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    add_commands(app)
    return app.test_cli_runner()


@pytest.fixture
def merchant(house: House) -> str:
    with house.database.transaction() as session:
        return str(make_merchant(session, from_address="hello@news.harbour.example").id)


def run(shell: FlaskCliRunner, *words: str) -> Any:
    done = shell.invoke(args=["dkim", *words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_a_key_is_made_listed_and_retired(shell: FlaskCliRunner, house: House, merchant: str) -> None:
    made = run(shell, "create", "--merchant", merchant)
    assert (made["name"], made["algorithm"]) == ("askwell1._domainkey.news.harbour.example", "rsa")
    parent = ("--domain", "Harbour.example", "--selector", "mail", "--algorithm", "ed25519")
    beside = run(shell, "create", "--merchant", merchant, *parent)
    assert beside["name"] == "mail._domainkey.harbour.example"

    assert run(shell, "list", "--merchant", merchant) == {"keys": [made, beside]}
    with house.database.reading() as session:
        assert len(signers_of(session, house.vault, int(merchant), "hello@news.harbour.example")) == 2

    retired = run(shell, "retire", str(made["key"]), "--merchant", merchant)
    assert retired["retired_at"] is not None
    with house.database.reading() as session:
        assert len(signers_of(session, house.vault, int(merchant), "hello@news.harbour.example")) == 1


def test_people_read_what_to_publish(shell: FlaskCliRunner, merchant: str) -> None:
    said = shell.invoke(args=["dkim", "create", "--merchant", merchant, "--algorithm", "ed25519"]).output
    listed = shell.invoke(args=["dkim", "list", "--merchant", merchant]).output
    retired = shell.invoke(args=["dkim", "retire", re.findall(r"Key (\d+)", said)[0], "--merchant", merchant]).output

    assert "name       askwell1._domainkey.news.harbour.example" in said
    assert "keep an RSA key beside it" in said
    (value,) = re.findall(r"^value      (v=DKIM1; .*)$", said, re.MULTILINE)
    assert value in listed
    assert "Keys that still sign for news.harbour.example: 0." in retired
    assert "PRIVATE" not in said + listed + retired


def test_without_a_key_the_list_says_how_to_make_one(shell: FlaskCliRunner, merchant: str) -> None:
    said = shell.invoke(args=["dkim", "list", "--merchant", merchant]).output

    assert f"Next: dkim create --merchant {merchant}" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("create --merchant 1 --domain other.example", "a key of other.example could sign none of them."),
        ("create --merchant 1 --domain www.news.harbour.example", "could sign none of them."),
        ("create --merchant 1 --domain harbour", "'harbour' is not a domain"),
        ("create --merchant 1 --selector a_b", "The selector 'a_b' is not letters, digits and hyphens"),
        ("create --merchant 0", "There is no merchant 0"),
        ("list --merchant 0", "There is no merchant 0"),
        ("retire 0 --merchant 1", "has no key 0."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    shell: FlaskCliRunner, merchant: str, words: str, sentence: str
) -> None:
    done = shell.invoke(args=["dkim", *words.replace("--merchant 1", f"--merchant {merchant}").split()])

    assert (done.exit_code, done.output.strip().count("\n")) == (1, 0)
    assert sentence in done.output
