"""The doors on the terminal: what they print, and the exit codes mail servers go by."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.exc import OperationalError

from campaigns.app import create_app
from campaigns.cli import add_commands
from campaigns.delivery.inbound import commands
from campaigns.house import House
from tests.delivery.inbound import mails
from tests.delivery.inbound.conftest import Sent
from tests.delivery.inbound.imap_server import Mailbox
from tests.delivery.inbound.test_imap import reads
from tests.delivery.inbound.test_reading import LETTER
from tests.delivery.inbound.test_receive import letters


def shell(house: House) -> FlaskCliRunner:
    app: Flask = create_app(house)
    add_commands(app)
    return app.test_cli_runner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written = {
        "hard.eml": mails.dsn(LETTER),
        "better.eml": mails.dsn(LETTER, status="5.0.0", said="smtp; 550 5.1.1 user unknown"),
        "spam.eml": mails.dsn(LETTER, status="5.7.1"),
        "complaint.eml": mails.arf(LETTER, recipient="ana0@example.com"),
        "away.eml": mails.out_of_office("Auto-Submitted: auto-replied"),
    }
    found = tmp_path / "bounces"
    found.mkdir()
    for name, raw in written.items():
        (found / name).write_bytes(raw)
    return found


def test_a_mail_is_taken_from_a_pipe(sent: Sent) -> None:
    done = shell(sent.house).invoke(
        args=["inbound", "receive", "--recipient", sent.sender, "--json"], input=mails.dsn(sent.letter)
    )

    assert (done.exit_code, json.loads(done.output)) == (0, {"receipt": "new"})
    assert letters(sent.house) == ["bounced", "cancelled"]


@pytest.mark.parametrize(
    "trouble", [OperationalError("insert", {}, Exception("ana0@example.com")), ValueError("ana0@example.com")]
)
def test_a_pipe_says_when_to_come_again(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: Exception
) -> None:
    def away(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(commands, "accept", away)
    done = shell(house).invoke(args=["inbound", "receive"], input=b"Subject: Hi\n\nHi")

    assert done.exit_code == 75
    assert "@" not in done.output + caplog.text


def test_a_pipe_refuses_what_is_too_large(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "LARGEST", 10)

    assert shell(house).invoke(args=["inbound", "receive"], input=b"x" * 11).exit_code == 65


def test_a_mailbox_is_read_and_counted(sent: Sent) -> None:
    with Mailbox(mails.dsn(sent.letter), mails.out_of_office()).serving() as server:
        reads(sent.house, server)
        runner = shell(sent.house)

        assert json.loads(runner.invoke(args=["inbound", "poll", "--json"]).output) == {"new": 2}
        counted = runner.invoke(args=["inbound", "counts", "--json"]).output

    assert json.loads(counted) == {"auto_reply": 1, "bounce": 1}
    assert runner.invoke(args=["inbound", "counts"]).output == "auto reply: 1\nbounce: 1\n"


def test_what_is_not_set_is_said(house: House) -> None:
    runner = shell(house)

    for words, name in ((["poll"], "IMAP_URL"), (["listen", "--lmtp"], "BOUNCE_DOMAIN")):
        done = runner.invoke(args=["inbound", *words])
        assert done.exit_code == 1
        assert name in done.output


def test_mails_are_classified_without_being_taken(house: House, folder: Path) -> None:
    done = shell(house).invoke(args=["inbound", "classify", str(folder), "--json"])

    found = json.loads(done.output)
    assert {mail["file"]: mail["kind"] or mail["sort"] for mail in found["mails"]} == {
        "away.eml": "auto_reply",
        "better.eml": "hard",
        "complaint.eml": "complaint",
        "hard.eml": "hard",
        "spam.eml": "sender",
    }
    assert {mail["address"] for mail in found["mails"]} == {"a…@example.com", ""}
    assert found["matrix"]["hard"] == {"hard": 2}


def test_a_truth_is_compared_with(house: House, folder: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps({"hard.eml": "hard", "spam.eml": {"kind": "soft"}}))

    done = shell(house).invoke(args=["inbound", "classify", str(folder), "--truth", str(truth)])

    assert "spam.eml  a…@example.com  sender  alert, never suppress" in done.output
    assert done.output.endswith("1 of 2 agree.\n")
    assert "ana0" not in done.output


@pytest.mark.parametrize("truth", ["[]", "nonsense", '{"a": {}}'])
def test_a_truth_that_is_none_is_one_sentence(house: House, folder: Path, tmp_path: Path, truth: str) -> None:
    (tmp_path / "truth.json").write_text(truth)
    done = shell(house).invoke(args=["inbound", "classify", str(folder), "--truth", str(tmp_path / "truth.json")])

    assert done.exit_code == 1
    assert "truth.json is not JSON like" in done.output
