"""A look that fails is told, and nothing of what it said gets into Redis."""

import os
import subprocess
import sys
from pathlib import Path

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
