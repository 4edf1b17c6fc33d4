"""One installation for one scenario: real workers on one or two hosts, an audit server, and rows to look at."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from honcho.environ import parse_procfile
from redis import Redis

from campaigns import clock
from tests.drill import ledger
from tests.drill.auditor import Auditor
from tests.drill.judge import MOST_CONNECTIONS, Events, Verdict, judge
from tests.drill.mischief import Mischief
from tests.drill.seed import plan_letters
from tests.journeys.town import ROOT, Town

PATIENCE = 120  # seconds for a worker to work off what is due
TOLD_TO_STOP = 15  # seconds
LONGEST_WORDS = 160
IDLE_ROUNDS = 4  # of a drain that changes nothing, before what is left counts as stuck
LONGER_THAN_A_LEASE = timedelta(minutes=10)
WORKER, HEARTBEAT = "delivery", "heartbeat"


class Site(Town):
    """A town whose letters go to the audit server; all its processes believe it is `later` than it is."""

    def __init__(self, folder: Path, instance: Path, database_url: str, redis_url: str, auditor: Auditor) -> None:
        super().__init__(instance, database_url, redis_url)
        self.environ["SMTP_URL"] = f"smtp://127.0.0.1:{auditor.port}"
        self.logs = folder
        self.auditor = auditor
        self.events = Events()
        self.later = timedelta()
        self.dice = random.Random(7)
        self.kind = "invitation"
        self.host = instance  # where the next workers run: journals are a host's own

    @property
    def is_sqlite(self) -> bool:
        return self.house.database.is_sqlite

    @property
    def offset(self) -> str:
        return f"PT{int(self.later.total_seconds())}S"

    def seed(self, letters: int) -> None:
        with self.house.database.transaction() as session:
            plan_letters(session, self.merchant, letters)
        self.events.expected = letters

    def spawn(self, name: str) -> None:
        """Start a process named "delivery 1": the same program under several names."""
        self.host.mkdir(parents=True, exist_ok=True)
        environ = {**self.environ, "CLOCK_OFFSET": self.offset, "INSTANCE_DIR": str(self.host)}
        command = [sys.executable, "worker.py", name.split(" ", maxsplit=1)[0]]
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True
            )

    def _web(self) -> list[str]:
        """The web process as the Procfile names it, for every installation runs that one."""
        processes: dict[str, str] = dict(parse_procfile((ROOT / "Procfile").read_text()).processes)
        return ["sh", "-c", f"exec {processes['web']}"]

    def start_senders(self, count: int = 0) -> None:
        """Start one worker on SQLite and four on PostgreSQL, or as many as are asked for."""
        for number in range(count or (1 if self.is_sqlite else 4)):
            self.spawn(f"{WORKER} {number}")

    @property
    def senders(self) -> list[str]:
        return [name for name in self.processes if name.startswith(WORKER)]

    def kill(self, *names: str) -> None:
        """End workers as a power cut would; each counts as one crash."""
        for name in names:
            self.events.kills.append(time.time())  # before: a server may notice within microseconds
            os.killpg(self.processes[name].pid, signal.SIGKILL)
        for name in names:
            self.processes.pop(name).wait()

    def retire(self, *names: str) -> None:
        """Tell workers to stop; one that does not within reason is killed, and that is noted."""
        for name in names:
            self.processes[name].terminate()
        for name in names:
            try:
                self.processes[name].wait(timeout=TOLD_TO_STOP)
            except subprocess.TimeoutExpired:
                self.events.notes.append(f"{name} did not stop within {TOLD_TO_STOP} s when told to, and was killed")
                self.kill(name)
                continue
            self.processes.pop(name)

    def revive(self) -> None:
        """Start what has fallen again, as an init system would; a fall counts as a crash."""
        for name in self.senders:
            if self.processes[name].poll() is not None:
                self.events.kills.append(time.time())
                self.events.notes.append(f"{name} fell by itself: {self._last_words(name)}")
                self.spawn(name)

    def jump(self, by: timedelta = LONGER_THAN_A_LEASE) -> None:
        """Go on later: leases have run out, and what was put off is due."""
        names = self.senders
        self.retire(*names)
        self.later += by
        for name in names:
            self.spawn(name)

    def letters_leave(self, count: int = 1, patience: float = 6) -> bool:
        """Wait until that many more letters have left; False where none do any more."""
        enough, deadline = self.auditor.taken + count, time.monotonic() + patience
        while self.auditor.taken < enough:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def keep_leaving(self) -> bool:
        """As `letters_leave`, but goes on later where all that is left waits; False at the end."""
        for _ in range(3):
            patience = 20 if self.unfinished(clock.now() + self.later) else 4
            if self.letters_leave(patience=patience):
                self.events.played += 1
                return True
            if not self.unfinished():
                return False
            self.revive()
            self.jump(self._until_all_is_due())
        self.events.notes.append(f"no letters left any more, with {self.unfinished()} to go")
        return False

    def unfinished(self, due: datetime | None = None) -> int:
        with self.house.database.reading() as session:
            return ledger.unfinished(session, self.kind, due)

    def sending(self) -> int:
        with self.house.database.reading() as session:
            return ledger.sending(session)

    def crash_of_all(self) -> None:
        """Note a crash of something all senders lean on: each open connection may leave one letter in doubt."""
        self.events.more_doubt += min(self.auditor.open_connections, MOST_CONNECTIONS * len(self.senders))

    def settle(self) -> Verdict:
        """Let everything behave, go on later until nothing is due any more, and judge."""
        self.auditor.treat(Mischief())
        self.retire(*self.processes)
        idle = 0
        while (left := self.unfinished()) and idle < IDLE_ROUNDS:
            self.later += self._until_all_is_due()
            self._forget()
            self._drain()
            idle = idle + 1 if self.unfinished() == left else 0
        with self.house.database.reading() as session:
            return judge(self.kind, self.auditor.read(), ledger.rows(session), self.events)

    def _last_words(self, name: str) -> str:
        lines = (self.logs / f"{name}.log").read_text(errors="replace").split("\n")
        return next((line[:LONGEST_WORDS] for line in reversed(lines) if line.strip()), "without a word")

    def _forget(self) -> None:
        """Let Redis forget how slow the server was: its memory runs by real time, and we go on hours later."""
        if url := self.environ["REDIS_URL"]:
            Redis.from_url(url).flushall()

    def _drain(self) -> None:
        environ = {**self.environ, "CLOCK_OFFSET": self.offset, "INSTANCE_DIR": str(self.host)}
        command = [sys.executable, "worker.py", "--burst"]
        with (self.logs / "drain.log").open("ab") as log:
            try:
                done = subprocess.run(
                    command, cwd=ROOT, env=environ, stdout=log, stderr=log, timeout=PATIENCE, check=False
                )
                if done.returncode:
                    self.events.notes.append(f"a drain failed: {self._last_words('drain')}")
            except subprocess.TimeoutExpired:
                self.events.notes.append(f"a drain did not end within {PATIENCE} s")

    def _until_all_is_due(self) -> timedelta:
        """Return how much later than now even the last letter is due and the last lease has run out."""
        now = clock.now() + self.later
        with self.house.database.reading() as session:
            return max(now, ledger.latest(session, self.kind) or now) - now + timedelta(seconds=2)
