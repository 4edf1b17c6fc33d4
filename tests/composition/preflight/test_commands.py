"""Preflight from the terminal: what is amiss is said with its mending, and what is wrong is not applied."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from campaigns.catalog.campaign import campaigns_of
from campaigns.cli import add_commands
from campaigns.house import House
from campaigns.sample.merchant import CAMPAIGN
from tests.factories import make_merchant
from tests.kinds import daily_on_sqlite

SOUND = 'name = "Sound"\n[subject]\nen = "How was it?"\nde = "Wie war es?"\nar = "كيف كان؟"\n'
DOUBTFUL = f'{SOUND}[[question]]\nkey = "a"\nkind = "text"\ntext.en = "Was it fast and friendly?"\n'
WRONG = SOUND.replace("How was it?", "A discount for you")


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    add_commands(app)
    return app.test_cli_runner()


@pytest.fixture
def merchant(house: House) -> int:
    with house.database.transaction() as session:
        return make_merchant(session).id


def write(tmp_path: Path, text: str) -> str:
    path = tmp_path / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@daily_on_sqlite
def test_a_campaign_goes_from_preflight_into_force(
    shell: FlaskCliRunner, house: House, merchant: int, tmp_path: Path
) -> None:
    wrong = write(tmp_path, WRONG)
    checked = shell.invoke(args=["campaign", "preflight", wrong, "--merchant", str(merchant)])
    assert checked.exit_code == 1
    assert "error: subject.en" in checked.output
    assert "“discount” offers something" in checked.output
    assert "Take it out" in checked.output

    refused = shell.invoke(args=["campaign", "apply", wrong, "--merchant", str(merchant), "--json"])
    assert refused.exit_code == 1
    assert "shop.toml is not applied, and nothing is changed:" in refused.output
    assert "Take it out" in refused.output
    with house.database.reading() as session:
        assert campaigns_of(session, merchant) == []

    doubtful = write(tmp_path, DOUBTFUL)
    checked = shell.invoke(args=["campaign", "preflight", doubtful, "--merchant", str(merchant), "--json"])
    assert checked.exit_code == 0
    said = json.loads(checked.output)
    assert (said["errors"], said["warnings"]) == (0, 1)
    assert set(said["findings"][0]) == {"check", "severity", "where", "what", "fix"}

    applied = json.loads(
        shell.invoke(args=["campaign", "apply", doubtful, "--merchant", str(merchant), "--json"]).output
    )
    assert set(applied) == {"campaign", "version", "warnings"}
    assert [each["check"] for each in applied["warnings"]] == ["wording"]
    told = shell.invoke(args=["campaign", "apply", doubtful, "--merchant", str(merchant)]).output
    assert "is at version 1." in told
    assert "warning: question a, text.en: “fast and friendly” makes the question double-barrelled.\n    Ask one" in told


@daily_on_sqlite
@pytest.mark.parametrize("options", [["--country", "US"], ["--country", "DE", "--promotion-consent"]])
def test_an_offer_is_applied_where_it_may_be_made(
    shell: FlaskCliRunner, merchant: int, tmp_path: Path, options: list[str]
) -> None:
    done = shell.invoke(args=["campaign", "apply", write(tmp_path, WRONG), "--merchant", str(merchant), *options])

    assert done.exit_code == 0, done.output


def test_the_sample_campaign_is_sound_for_the_example_shop(shell: FlaskCliRunner) -> None:
    done = shell.invoke(args=["campaign", "preflight", str(CAMPAIGN)])

    assert done.exit_code == 0, done.output
    assert "Preflight: 0 errors, 0 warnings" in done.output


@pytest.mark.parametrize(
    ("audience", "sentence"),
    [
        ("apple", "--audience is not read; it is like apple=0.5,gmail=0.5."),
        ("apple=x", "--audience is not read"),
        ("lotus=1", "--audience names lotus; the names are apple, gmail"),
        ("apple=-1", "--audience names apple"),
        ("apple=nan", "--audience names apple"),
    ],
)
def test_an_audience_that_cannot_be_read_is_said(shell: FlaskCliRunner, audience: str, sentence: str) -> None:
    done = shell.invoke(args=["campaign", "preflight", str(CAMPAIGN), "--audience", audience])

    assert done.exit_code == 1
    assert sentence in done.output
