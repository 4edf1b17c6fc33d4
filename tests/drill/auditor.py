"""The drill's hand on the audit server: starts it, tells it how to treat senders, reads what it wrote down."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.drill.mischief import Mischief

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A letter whose dot the server took; `is_said` is False where its sender could not hear of it."""

    to: str
    kind: str
    message_id: str
    mail_at: float
    dot_at: float
    is_said: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Everything the server wrote down; moments are seconds of the wall clock."""

    taken: tuple[Taken, ...]
    unsaid: tuple[float, ...]  # dots it heard, or was about to hear, and never answered
    broken: tuple[tuple[float, float], ...]  # connections their clients broke off: opened, ended


class Auditor:
    def __init__(self, folder: Path) -> None:
        self._file = folder / "audit.log"
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.drill.server", str(self._file)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.port = int(self._hear()["port"])

    def treat(self, mischief: Mischief) -> None:
        self._order(mischief=asdict(mischief))

    def keep_letters(self, folder: Path | None) -> None:
        self._order(keep=str(folder) if folder else None)

    @property
    def taken(self) -> int:
        return int(self._order()["taken"])

    @property
    def open_connections(self) -> int:
        return int(self._order()["open"])

    def read(self) -> Log:
        lines = self._file.read_bytes().splitlines() if self._file.exists() else []
        return read_log([json.loads(line) for line in lines])

    def stop(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=10)
        if self._process.stdout:
            self._process.stdout.close()

    def _order(self, **order: Any) -> dict[str, Any]:
        with self._lock:
            assert self._process.stdin
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the audit server has ended"
        heard: dict[str, Any] = json.loads(line)
        return heard


def read_log(events: list[dict[str, Any]]) -> Log:
    taken = tuple(
        Taken(
            to=event["to"],
            kind=event["kind"],
            message_id=event["id"],
            mail_at=event["mail_at"],
            dot_at=event["dot_at"],
            is_said=event["said"],
        )
        for event in events
        if event["event"] == "taken"
    )
    unsaid = tuple(event["at"] for event in events if event["event"] == "unsaid")
    broken = tuple((event["opened_at"], event["at"]) for event in events if event["event"] == "broken")
    return Log(taken=taken, unsaid=unsaid, broken=broken)


@contextmanager
def auditing(folder: Path) -> Iterator[Auditor]:
    auditor = Auditor(folder)
    try:
        yield auditor
    finally:
        auditor.stop()
