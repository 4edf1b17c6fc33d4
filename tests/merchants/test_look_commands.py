"""A look is seen and changed from the shell, one part at a time, and letters wear it from then on."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from campaigns.cli import add_commands
from campaigns.house import House
from tests.factories import make_merchant

LOGO = "https://shop.example/logo.png"


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    add_commands(app)
    return app.test_cli_runner()


@pytest.fixture
def merchant(house: House) -> str:
    with house.database.transaction() as session:
        return str(make_merchant(session, accent="#1f5f8b").id)


def run(shell: FlaskCliRunner, merchant: str, *words: str) -> Any:
    done = shell.invoke(args=["merchant", "look", "--merchant", merchant, *words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_a_look_is_changed_part_by_part_and_printed(shell: FlaskCliRunner, merchant: str) -> None:
    plain = run(shell, merchant)
    assert plain == {
        "merchant": int(merchant),
        "logo_url": "",
        "accent": "#1f5f8b",
        "second": "",
        "font": "system",
        "tone": "plain",
        "signature": "",
    }

    changed = run(shell, merchant, "--logo", LOGO, "--second", "#7A1F3D", "--tone", "warm", "--font", "serif")
    signed = run(shell, merchant, "--signature", "Maria", "--accent", "#333333")

    assert changed == {**plain, "logo_url": LOGO, "second": "#7a1f3d", "tone": "warm", "font": "serif"}
    assert signed == {**changed, "signature": "Maria", "accent": "#333333"}
    assert run(shell, merchant) == signed


def test_a_part_is_taken_away_with_nothing(shell: FlaskCliRunner, merchant: str) -> None:
    run(shell, merchant, "--logo", LOGO, "--second", "#7a1f3d", "--signature", "Maria")

    bare = run(shell, merchant, "--logo", "", "--second", "", "--signature", "")

    assert (bare["logo_url"], bare["second"], bare["signature"]) == ("", "", "")


def test_a_person_reads_lines(shell: FlaskCliRunner, merchant: str) -> None:
    done = shell.invoke(args=["merchant", "look", "--merchant", merchant])

    assert done.output.splitlines()[:3] == ["logo           -", "accent         #1f5f8b", "second colour  -"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--logo", "http://shop.example/logo.png"], "--logo is no picture's address"),
        (["--accent", "red"], "--accent is 'red'; it is a colour like #1f6f54."),
        (["--second", "#12"], "--second is '#12'"),
        (["--font", "comic"], "'comic' is not one of"),
        (["--tone", "loud"], "'loud' is not one of"),
        (["--accent", ""], "--accent is ''"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(
    shell: FlaskCliRunner, merchant: str, words: list[str], complaint: str
) -> None:
    before = run(shell, merchant)

    done = shell.invoke(args=["merchant", "look", "--merchant", merchant, "--tone", "formal", *words])

    assert done.exit_code != 0
    assert complaint in done.output
    assert run(shell, merchant) == before


def test_nobody_has_no_look(shell: FlaskCliRunner) -> None:
    done = shell.invoke(args=["merchant", "look", "--merchant", "999"])

    assert done.exit_code == 1
    assert "There is no merchant 999" in done.output
