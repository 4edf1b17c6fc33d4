"""A look that fails is told, and nothing of what it said gets into Redis."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaigns import heartbeat
from campaigns.heartbeat import Beat, work_off
from campaigns.house import House
from campaigns.queues import QueueName
from tests.journeys.town import ROOT

PROGRAM = """
from campaigns import logbook
from campaigns.heartbeat import look
logbook.configure(logbook.LogFormat.JSON)
print(look("intake"))
"""


def test_a_look_that_fails_fails_no_job(tmp_path: Path) -> None:
    (tmp_path / "no-database").write_text("this says secret things and is no database at all, however long it is" * 99)
    environ = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/no-database", "INSTANCE_DIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "None\n")
    assert "a look at intake failed: DatabaseError at " in done.stderr
    assert "not a database" not in done.stderr


def test_what_stops_one_job_stops_none_after_it(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def trip(_: House) -> int:
        raise ValueError("ana@example.com")

    def send(_: House) -> int:
        done.append("sent")
        return 1

    monkeypatch.setattr(heartbeat, "BEATS", (Beat(QueueName.DELIVERY, trip), Beat(QueueName.DELIVERY, send)))
    with pytest.raises(ValueError, match="ana"):
        work_off(house, QueueName.DELIVERY)

    assert done == ["sent"]
    assert "trip was stopped: ValueError at test_heartbeat.py" in caplog.text
    assert "@" not in caplog.text
