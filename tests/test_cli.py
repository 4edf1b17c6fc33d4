"""Every command works, prints JSON for scripts, shows an example, and fails with one sentence."""

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from campaigns.cli import add_commands
from campaigns.errors import InvalidToken
from campaigns.house import House
from campaigns.sample.merchant import CAMPAIGN
from campaigns.tokens import Purpose
from tests.kinds import daily_on_sqlite


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    add_commands(app)
    return app.test_cli_runner()


def run(shell: FlaskCliRunner, *words: str) -> Any:
    done = shell.invoke(args=[*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


@pytest.fixture
def merchant(shell: FlaskCliRunner) -> str:
    words = ("merchant", "create", "Harbour Mugs", "--from", "hello@harbour.example")
    made = run(shell, *words, "--postal-address", "1 Quay Street, Galway", "--timezone", "Europe/Dublin")
    return str(made["merchant"])


@daily_on_sqlite
def test_a_shop_is_set_up_from_the_shell_alone(shell: FlaskCliRunner, merchant: str, tmp_path: Path) -> None:
    store = run(shell, "store", "create", "--merchant", merchant, "--kind", "standard")
    assert store["webhook_url"].startswith("http://localhost:8000/webhooks/")
    assert store["secret"].startswith("whsec_")
    assert run(shell, "store", "rotate", str(store["store"]), "--merchant", merchant)["secret"] != store["secret"]

    staff = run(shell, "staff", "create", "ana@harbour.example", "--merchant", merchant, "--role", "owner")
    assert "/login/" in staff["sign_in_url"]

    applied = run(shell, "campaign", "apply", str(CAMPAIGN), "--merchant", merchant)
    assert applied == run(shell, "campaign", "apply", str(CAMPAIGN), "--merchant", merchant)
    assert applied["version"] == 1
    campaign = str(applied["campaign"])
    assert run(shell, "campaign", "pause", campaign, "--merchant", merchant)["state"] == "paused"
    assert run(shell, "campaign", "resume", campaign, "--merchant", merchant)["state"] == "active"

    files = run(shell, "campaign", "preview", str(CAMPAIGN), "--out", str(tmp_path), "--merchant", merchant)["files"]
    assert {Path(file).name for file in files} >= {"invitation.en.html", "reminder.ar.eml", "invitation.de.txt"}

    [row] = run(shell, "report", "response-rate", "--merchant", merchant)["rows"]
    assert (row["eligible"], row["rate"], row["invitation"]["sent"]) == (0, None, 0)
    assert run(shell, "report", "score", "--merchant", merchant)["rows"]
    assert set(run(shell, "tick")) >= {"record_purchases", "decide_purchases", "send_due", "fold_answers"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("why 1001 --merchant 1", "No order 1001 of merchant 1 has arrived."),
        ("campaign apply nowhere.toml --merchant 1", "nowhere.toml: cannot be read: No such file or directory."),
        ("campaign pause 7 --merchant 1", "Merchant 1 has no campaign 7."),
        ("store create --merchant 77 --kind standard", "There is no merchant 77"),
        ("store create --merchant 1 --kind shopify", "--secret is missing; Shopify shows it"),
        ("staff create nobody --merchant 1 --role owner", "not an address a letter can be sent to"),
        ("report score --merchant 99999999999999999999", "The database did not do it"),
        ("db downgrade nonsense", "Can't locate revision"),
        ("merchant create X --from a@b.example --postal-address y --timezone Mars", "--timezone is 'Mars'"),
        ("merchant create X --from a@b.example --postal-address y --accent red", "--accent is 'red'"),
        ("merchant create X --from josé@b.example --postal-address y", "--from has letters before its @"),
        ("merchant create X --from no-reply@b.example --postal-address y", "Replies would reach nobody"),
    ],
)
def test_a_command_that_fails_says_why_in_one_sentence(
    shell: FlaskCliRunner, merchant: str, words: str, sentence: str
) -> None:
    done = shell.invoke(
        args=words.replace("--merchant 1", f"--merchant {merchant}").split() if "9999" not in words else words.split()
    )

    assert done.exit_code == 1
    assert (
        sentence.replace("merchant 1", f"merchant {merchant}").replace("Merchant 1", f"Merchant {merchant}")
        in done.output
    )
    assert "Traceback" not in done.output
    assert done.output.strip().count("\n") == 0


def test_every_command_shows_an_example(app: Flask) -> None:
    add_commands(app)

    def commands(group: click.Group) -> list[click.Command]:
        found = []
        for command in group.commands.values():
            found += commands(command) if isinstance(command, click.Group) else [command]
        return found

    ours = [command for command in commands(app.cli) if command.name not in {"run", "shell", "routes"}]
    assert len(ours) >= 15
    assert all("Example:  flask --app wsgi" in (command.epilog or "") for command in ours)


def test_a_blank_name_or_postal_address_is_refused(shell: FlaskCliRunner) -> None:
    for name, address in ((" ", "1 Quay Street"), ("Mugs", " \n ")):
        done = shell.invoke(args=["merchant", "create", name, "--from", "a@b.example", "--postal-address", address])

        assert (done.exit_code, "is blank; every letter shows it" in done.output) == (1, True)


def test_a_preview_holds_no_link_that_opens_anything(shell: FlaskCliRunner, house: House, tmp_path: Path) -> None:
    run(shell, "campaign", "preview", str(CAMPAIGN), "--out", str(tmp_path))
    tokens = re.findall(r"/(?:r|u)/([^/\s]+)", (tmp_path / "invitation.en.txt").read_text())

    assert tokens
    for token in tokens:
        for purpose in Purpose:
            with pytest.raises(InvalidToken):
                house.tokens.read_id(purpose, token)
