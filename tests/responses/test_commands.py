"""A copy of all that is kept on a person, and forgetting them, on the terminal."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from campaigns.audience.contact import Contact
from campaigns.cli import add_commands
from campaigns.house import House
from campaigns.responses.jobs import fold_answers
from tests.responses.conftest import Ana, Letter, Records

ADDRESS = "ana@example.com"


@pytest.fixture
def app(app: Flask) -> Flask:
    add_commands(app)
    return app


def run(app: Flask, *words: str) -> Any:
    return app.test_cli_runner().invoke(args=list(words))


def test_an_export_holds_all_that_is_kept_and_prints_no_address(
    app: Flask, house: House, letter: Letter, ana: Ana, tmp_path: Path
) -> None:
    ana.send(letter.rate(2), {"score": "2", "why": "late", "comment": "Two weeks"})
    fold_answers(house)
    merchant = str(letter.merchant_id)

    printed = run(app, "export", " Ana@Example.com", "--merchant", merchant, "--json")
    written = run(app, "export", ADDRESS, "--merchant", merchant, "--out", str(tmp_path / "ana.json"))

    assert (printed.exit_code, written.exit_code) == (0, 0)
    assert ADDRESS not in printed.output.lower() + written.output.lower()
    kept, whole = json.loads(printed.output), json.loads((tmp_path / "ana.json").read_text())
    assert whole["contact"]["email"] == ADDRESS
    assert kept["contact"]["first_name"] == "Ana"
    assert kept["responses"][0]["said"] == [
        {"question": "What went wrong?", "answer": ["It came late"]},
        {"question": "Anything you would like to tell us?", "answer": "Two weeks"},
    ]
    counts = {name: len(rows) for name, rows in kept.items() if name != "contact"}
    assert counts == {
        "suppressions": 0,
        "purchases": 1,
        "decisions": 1,
        "letters": 1,
        "notes": 0,
        "responses": 1,
        "remedies": 0,
        "visits": 2,
    }


def test_erasing_forgets_once_and_says_so(app: Flask, house: House, letter: Letter, ana: Ana, records: Records) -> None:
    ana.send(letter.rate(2), {"score": "2", "comment": "Two weeks"})
    fold_answers(house)
    merchant = str(letter.merchant_id)

    done = run(app, "erase", ADDRESS, "--merchant", merchant, "--json")
    again = run(app, "erase", ADDRESS, "--merchant", merchant)

    assert json.loads(done.output) == {"contact": letter.contact_id, "erased": True}
    assert "forgotten already" in again.output
    assert ADDRESS not in done.output + again.output
    assert [contact.email for contact in records.all(Contact)] == [None]
    assert records.message_states == ["cancelled"]
    left = run(app, "export", ADDRESS, "--merchant", merchant).output
    assert "Two weeks" not in left
    assert "Ruiz" not in left


def test_nobody_is_found_at_another_merchant_or_by_another_address(app: Flask, letter: Letter) -> None:
    for words in (("eve@example.com", str(letter.merchant_id)), (ADDRESS, str(letter.merchant_id + 1)), ("x@", "1")):
        for command in ("erase", "export"):
            answer = run(app, command, words[0], "--merchant", words[1])

            assert answer.exit_code == 1
            assert answer.output.count("\n") == 1
            assert words[0] not in answer.output
