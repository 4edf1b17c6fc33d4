"""Sending is held and let go, and doubts are settled, from the shell."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import update

from campaigns.cli import add_commands
from campaigns.delivery.halt import halted_among
from campaigns.enrollment.enrollment import get_enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.restoration import latest_restoration
from campaigns.house import House
from tests.delivery.stage import Outbox, shift
from tests.factories import NOW, ask_ana, make_merchant, make_message

FAR = NOW + timedelta(days=3650)


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    add_commands(app)
    return app.test_cli_runner()


@pytest.fixture
def doubt(house: House) -> Message:
    with house.database.transaction() as session:
        message = ask_ana(session, house.vault)
        message.state, message.intended_at = "in_doubt", NOW - timedelta(hours=1)
    return message


def run(shell: FlaskCliRunner, *words: str) -> Any:
    done = shell.invoke(args=[*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def say(shell: FlaskCliRunner, *words: str) -> str:
    done = shell.invoke(args=words)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_merchant_is_held_and_let_go(shell: FlaskCliRunner, house: House) -> None:
    with house.database.transaction() as session:
        merchant, other = make_merchant(session), make_merchant(session, name="Kiln & Co")
    one = ("--merchant", str(merchant.id))

    assert run(shell, "sending", "pause", *one, "--reason", " wrong \n prices ")["changed"] is True
    assert run(shell, "sending", "pause", *one)["changed"] is False
    with house.database.reading() as session:
        assert halted_among(session, {merchant.id, other.id}) == {merchant.id}
    [held] = run(shell, "sending", "show")["halts"]
    assert (held["merchant"], held["reason"]) == (merchant.id, "wrong prices")

    assert run(shell, "sending", "resume", *one) == {"merchant": merchant.id, "changed": True, "still_held": []}
    assert run(shell, "sending", "resume", *one)["changed"] is False
    assert run(shell, "sending", "show") == {"halts": [], "is_older_copy": False}


def test_everything_is_held_and_what_stays_held_is_named(shell: FlaskCliRunner, house: House) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
    one = ("--merchant", str(merchant.id))

    said = say(shell, "sending", "pause", "--everything", "--reason", "moving house")
    assert said == "Everybody's letters wait until `sending resume`.\n"
    say(shell, "sending", "pause", *one)
    shown = say(shell, "sending", "show").splitlines()
    assert [line.partition(",")[0] for line in shown] == ["Everybody's letters", f"Letters of merchant {merchant.id}"]
    assert shown[0].endswith("UTC: moving house")

    assert "Still held: Everybody's letters" in say(shell, "sending", "resume", *one)
    say(shell, "sending", "pause", *one)
    assert f"Still held: Letters of merchant {merchant.id}" in say(shell, "sending", "resume", "--everything")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("sending pause", "either --merchant ID or --everything"),
        ("sending resume --merchant 1 --everything", "either --merchant ID or --everything"),
        ("sending pause --merchant 0", "There is no merchant 0; everybody's letters are --everything."),
        ("sending pause --merchant 77", "There is no merchant 77"),
        ("sending resume --merchant 77", "There is no merchant 77"),
        (f"sending pause --everything --reason {'x' * 201}", "longer than 200 characters"),
        ("message doubts --merchant 77", "There is no merchant 77"),
        ("message resolve 7 --merchant 77 --as sent", "Merchant 77 has no letter 7."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(shell: FlaskCliRunner, words: str, sentence: str) -> None:
    done = shell.invoke(args=words.split())

    assert (done.exit_code, done.output.strip().count("\n")) == (1, 0)
    assert sentence in done.output


def test_doubts_are_listed_and_settled_once(shell: FlaskCliRunner, doubt: Message) -> None:
    one = ("--merchant", str(doubt.merchant_id))

    [told] = run(shell, "message", "doubts", *one)["doubts"]
    assert (told["message_id"], told["kind"], told["order_id"], told["relay"]) == (doubt.id, "invitation", "1001", None)
    line = say(shell, "message", "doubts", *one)
    assert "2026-11-21 09:00 UTC through the house's own relay" in line
    assert "@" not in line

    resolved = run(shell, "message", "resolve", str(doubt.id), *one, "--as", "sent")
    assert resolved == {"message": doubt.id, "state": "sent"}
    assert say(shell, "message", "doubts", *one) == "No letter is in doubt.\n"
    late = shell.invoke(args=["message", "resolve", str(doubt.id), *one, "--as", "failed"])
    assert (late.exit_code, late.output) == (1, f"Error: Letter {doubt.id} is not in doubt; it is sent.\n")


def test_nobody_can_ask_for_a_letter_to_be_sent_again(shell: FlaskCliRunner, doubt: Message) -> None:
    one = ("--merchant", str(doubt.merchant_id))

    for answer in ("scheduled", "deferred", "sending", "delivered"):
        assert shell.invoke(args=["message", "resolve", str(doubt.id), *one, "--as", answer]).exit_code == 2


def test_a_restore_is_told_once_and_what_came_of_it_is_said(shell: FlaskCliRunner, house: House) -> None:
    with house.database.transaction() as session:
        invitation = ask_ana(session, house.vault)
        make_message(session, get_enrollment(session, invitation.enrollment_id), kind="reminder", due_at=FAR)

    told = run(shell, "sending", "restored", "--yes")
    said = say(shell, "sending", "restored", "--yes").splitlines()

    assert (told["in_doubt"], told["reminders_cancelled"]) == (1, 1)
    with house.database.reading() as session:
        assert (latest_restoration(session) or FAR) > datetime.fromisoformat(told["at"])
    assert said[:2] == [
        "0 letters may have left before: they are in doubt and are not sent again.",
        "0 reminders are cancelled.",
    ]


@pytest.mark.parametrize(("answer", "is_done"), [("n\n", False), ("", False), ("y\n", True)])
def test_a_restore_is_not_told_by_accident(shell: FlaskCliRunner, house: House, answer: str, is_done: bool) -> None:
    with house.database.transaction() as session:
        ask_ana(session, house.vault)

    done = shell.invoke(args=["sending", "restored"], input=answer)

    assert (done.exit_code == 0) is is_done
    assert "Was a backup restored?" in done.output
    with house.database.reading() as session:
        assert (latest_restoration(session) is not None) is is_done


def test_that_a_machine_refuses_an_older_copy_is_shown(shell: FlaskCliRunner, house: House) -> None:
    with house.database.transaction() as session:
        ask_ana(session, house.vault)
    shift(house, Outbox()).work()
    with house.database.transaction() as session:
        session.execute(update(Message).values(state="scheduled"))

    assert run(shell, "sending", "show") == {"halts": [], "is_older_copy": True}
    [line] = say(shell, "sending", "show").splitlines()
    assert line.startswith("Nothing leaves. This database is an older copy")
    run(shell, "sending", "restored", "--yes")
    assert say(shell, "sending", "show") == "Nothing is held.\n"
