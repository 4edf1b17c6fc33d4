"""`status` shows how sending goes: once for a script, again and again for a person who watches."""

import json
import os
import pty
import signal
import subprocess
import termios
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from campaigns import clock
from campaigns.cli import add_commands
from campaigns.house import House
from tests.journeys.town import BIN, ROOT, town
from tests.reports.rows import ask, make_shop


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    add_commands(app)
    return app.test_cli_runner()


def test_scripts_get_everything_as_json(shell: FlaskCliRunner, house: House) -> None:
    now = clock.now()
    with house.database.transaction() as session:
        shop = make_shop(session)
        ask(session, shop, "1", "sent", sent_at=now, sent_on=now.date())
        ask(session, shop, "2", "in_doubt")
        merchant = shop.merchant.id

    done = shell.invoke(args=["status", "--merchant", str(merchant), "--json"])

    found = json.loads(done.output)
    assert (found["redis"], found["letters"]["in_doubt"], found["letters_per_second"]) == ("none", 1, 0.1)
    assert [(each["name"], each["sent"], each["in_doubt"]) for each in found["campaigns"]] == [("After delivery", 1, 1)]


def test_without_a_terminal_a_watch_is_one_look(shell: FlaskCliRunner) -> None:
    done = shell.invoke(args=["status", "--watch"])

    assert done.exit_code == 0
    assert "0 due" in done.output
    assert "\x1b" not in done.output


def test_a_merchant_that_is_none_is_told_in_a_sentence(shell: FlaskCliRunner) -> None:
    done = shell.invoke(args=["status", "--merchant", "99"])

    assert done.exit_code == 1
    assert "There is no merchant 99" in done.output


def test_a_person_watches_until_they_have_seen_enough(tmp_path: Path) -> None:
    with town(tmp_path, f"sqlite:///{tmp_path}/askwell.sqlite3") as place:
        master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (30, 100))
        command = [str(BIN / "flask"), "--app", "wsgi", "status", "--watch"]
        process = subprocess.Popen(command, cwd=ROOT, env=place.environ, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        shown = b""
        while shown.count(b"\x1b[H") < 3:
            shown += os.read(master, 4096)
        process.send_signal(signal.SIGINT)
        while b"\x1b[?1049l" not in shown:
            shown += os.read(master, 4096)
        assert process.wait(timeout=30) == 0
        os.close(master)

    assert shown.startswith(b"\x1b[?1049h\x1b[?25l")
    assert shown.endswith(b"\x1b[?25h\x1b[?1049l")
    assert b"After delivery" in shown
    assert b"no letters in 24 hours" in shown
