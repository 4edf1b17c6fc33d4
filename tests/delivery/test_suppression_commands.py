"""Who is written to no more is told, listed and taken back from the shell; nothing it says names anybody."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from campaigns.audience.contact import Contact, erase_contact
from campaigns.audience.suppression import Suppression, SuppressionReason, suppress
from campaigns.cli import add_commands
from campaigns.delivery.esp.source import EventSource
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from campaigns.vault import fingerprint
from tests.delivery.stage import Outbox, all_messages, ask, shift
from tests.factories import NOW


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    add_commands(app)
    return app.test_cli_runner()


@pytest.fixture
def merchant_id(house: House) -> int:
    with house.database.transaction() as session:
        ask(session, house.vault, 3)
        return session.scalars(select(Merchant.id)).one()


def run(shell: FlaskCliRunner, *words: object) -> Any:
    done = shell.invoke(args=[*map(str, words), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refusal(shell: FlaskCliRunner, *words: object) -> str:
    done = shell.invoke(args=[*map(str, words)])
    assert done.exit_code != 0, done.output
    return done.output


def test_a_file_suppresses_everybody_in_it_before_the_next_letter(
    shell: FlaskCliRunner, house: House, merchant_id: int, tmp_path: Path
) -> None:
    file = tmp_path / "them.csv"
    file.write_text(
        "Name,Email,Reason\nAna,ANA0@example.com ,unsubscribed\n\nBen,ben@example.com,bounce\nAna,ana1@example.com,\n"
    )

    first = run(shell, "suppression", "import", file, "--merchant", merchant_id)
    again = run(shell, "suppression", "import", file, "--merchant", merchant_id)
    outbox = Outbox()
    shift(house, outbox).work()

    assert first == {"lines": 3, "new": 3, "letters_cancelled": 2}
    assert again == {"lines": 3, "new": 0, "letters_cancelled": 0}
    assert [letter.recipient for letter in outbox.letters] == ["ana2@example.com"]
    assert [each.state for each in all_messages(house.database)] == ["cancelled", "cancelled", "sent", "scheduled"]
    listed = run(shell, "suppression", "list", "--merchant", merchant_id)["suppressions"]
    assert listed == {"hard_bounce": 1, "manual": 1, "unsubscribed": 1}


def test_a_file_with_wrong_lines_changes_nothing_and_names_them_by_number(
    shell: FlaskCliRunner, house: House, merchant_id: int, tmp_path: Path
) -> None:
    file = tmp_path / "them.csv"
    file.write_text("email,reason\nana0@example.com,manual\nnot an address,manual\nben@example.com,because\n")

    said = refusal(shell, "suppression", "import", file, "--merchant", merchant_id)

    assert "Nothing was changed: 2 lines have no address, or a reason that is not known: 3, 4." in said
    assert "example.com" not in said
    assert run(shell, "suppression", "list", "--merchant", merchant_id) == {"suppressions": {}}
    assert "cannot be read" in refusal(shell, "suppression", "import", tmp_path / "none", "--merchant", merchant_id)


def test_what_can_be_read_only_once_is_not_taken_for_done(shell: FlaskCliRunner, merchant_id: int) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"email\nana0@example.com\n")
    os.close(writing)

    said = refusal(shell, "suppression", "import", f"/dev/fd/{reading}", "--merchant", merchant_id)

    assert "Of 1 lines 0 could be read twice: save them to a file" in said
    os.close(reading)


def test_the_export_has_a_hash_for_everybody_and_an_address_only_where_it_is_kept(
    shell: FlaskCliRunner, house: House, merchant_id: int, tmp_path: Path
) -> None:
    for address in ("ana0@example.com", "ana1@example.com", "stranger@example.com"):
        run(shell, "suppression", "add", address, "--merchant", merchant_id)
    with house.database.transaction() as session:
        erased = session.scalars(select(Contact).where(Contact.email == "ana1@example.com")).one()
        erase_contact(session, erased, NOW)

    out = tmp_path / "out.csv"
    assert run(shell, "suppression", "export", "--merchant", merchant_id, "--out", out)["suppressions"] == 3
    rows = list(csv.DictReader(out.read_text().splitlines()))
    printed = shell.invoke(args=["suppression", "export", "--merchant", str(merchant_id)]).stdout

    assert [row["email"] for row in rows] == ["ana0@example.com", "", ""]
    assert rows[2]["hash"] == fingerprint(merchant_id, "stranger@example.com")
    assert {(row["reason"], row["source"]) for row in rows} == {("manual", "command")}
    assert list(csv.DictReader(printed.splitlines())) == rows


def test_what_a_person_asked_for_is_taken_back_only_by_force_and_with_a_reason(
    shell: FlaskCliRunner, house: House, merchant_id: int
) -> None:
    who = ("ana0@example.com", "--merchant", merchant_id)
    run(shell, "suppression", "add", *who)
    assert run(shell, "suppression", "remove", *who) == {"removed": ["manual"]}
    assert "not suppressed" in refusal(shell, "suppression", "remove", *who)

    with house.database.transaction() as session:
        suppress(session, merchant_id, fingerprint(merchant_id, who[0]), SuppressionReason.UNSUBSCRIBED, NOW)
    assert "They unsubscribed" in refusal(shell, "suppression", "remove", *who)
    assert "--reason" in refusal(shell, "suppression", "remove", *who, "--force")
    assert "--reason" in refusal(shell, "suppression", "remove", *who, "--force", "--reason", "ana@example.com rang")
    with house.database.reading() as session:
        assert session.scalars(select(Suppression.reason)).all() == ["unsubscribed"]
    done = run(shell, "suppression", "remove", *who, "--force", "--reason", "asked on the phone")
    assert done == {"removed": ["unsubscribed"]}


def test_event_sources_come_and_go(shell: FlaskCliRunner, house: House, merchant_id: int) -> None:
    create = ("events", "source", "create", "--merchant", merchant_id, "--kind")
    topic = "arn:aws:sns:eu-west-1:123456789012:letters"

    made = run(shell, *create, "ses", "--topic", topic)
    assert made["url"].startswith("http://localhost:8000/events/")
    assert set(made) == {"source", "url"}
    assert len(run(shell, *create, "postmark")["secret"]) > 30
    run(shell, *create, "mailgun", "--secret", "key")
    for wrong in (
        ("ses",),
        ("ses", "--topic", "mine"),
        ("sendgrid", "--public-key", "abc"),
        ("resend", "--secret", "!"),
        ("mailgun", "--topic", topic),
    ):
        assert "Error: " in refusal(shell, *create, *wrong)

    [first, *_] = run(shell, "events", "source", "list", "--merchant", merchant_id)["sources"]
    assert (first["source"], first["kind"], first["topic"], first["is_confirmed"]) == (
        made["source"],
        "ses",
        topic,
        False,
    )
    run(shell, "events", "source", "remove", made["source"], "--merchant", merchant_id)
    assert "has no event source" in refusal(
        shell, "events", "source", "remove", made["source"], "--merchant", merchant_id
    )
    with house.database.reading() as session:
        assert session.scalars(select(EventSource.kind).order_by(EventSource.id)).all() == ["postmark", "mailgun"]
    assert run(shell, "events", "list", "--merchant", merchant_id) == {"events": []}
