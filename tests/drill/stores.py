"""What a sender leans on goes away: Redis, the database, the disk."""

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import text

from tests.drill.backing import OwnPostgres, OwnRedis
from tests.drill.mischief import Mischief
from tests.drill.site import Site

ROOM = 64 << 20  # bytes of the small disk
CHUNK = 1 << 16


def bell(site: Site, letters: int, redis: OwnRedis) -> None:
    """Redis is flushed, killed and started again empty, and frozen."""
    site.auditor.treat(Mischief(pace=letters / 12))
    site.seed(letters)
    site.start_senders()
    site.spawn("heartbeat")
    site.keep_leaving()
    redis.flush()
    site.letters_leave(5)
    redis.kill()
    time.sleep(1)
    redis.start()
    site.letters_leave(5)
    redis.freeze()
    time.sleep(4)
    redis.thaw()
    site.letters_leave(5)
    redis.flush()


def database(site: Site, letters: int, postgres: OwnPostgres | None) -> None:
    """PostgreSQL loses its connections and crashes; SQLite is held by another writer."""
    site.auditor.treat(Mischief(pace=letters / 10))
    site.seed(letters)
    site.start_senders()
    for turn in range(4):
        if not site.keep_leaving():
            break
        time.sleep(site.dice.uniform(0, 0.3))
        site.crash_of_all()
        if postgres is None:
            _hold(site, seconds=2)
        elif turn % 2:
            postgres.crash()
        else:
            postgres.cut_connections(site.environ["DATABASE_URL"])
        time.sleep(1)
        site.revive()


def _hold(site: Site, seconds: float) -> None:
    with site.house.database.transaction() as session:
        session.execute(text("UPDATE merchant SET name = name"))
        time.sleep(seconds)


def disk(site: Site, letters: int, times: int) -> None:
    """The disk of the instance is full for a while, in the middle of a batch."""
    site.auditor.treat(Mischief(pace=letters / 8))
    site.seed(letters)
    site.start_senders()
    for _ in range(2):
        if not site.keep_leaving():
            break
        time.sleep(site.dice.uniform(0, 0.3))
        site.crash_of_all()
        with full(site):
            time.sleep(3)
        site.revive()


@contextmanager
def full(site: Site) -> Iterator[None]:
    """Leave no byte free on the instance's own disk; without one, no file of a worker may grow."""
    if site.instance.is_mount():
        ballast = site.instance / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(CHUNK))
        _last_bytes(ballast)
        try:
            yield
        finally:
            ballast.unlink()
        return
    site.events.notes.append("no tmpfs could be mounted: a limit on the size of files stood in for a full disk")
    pids = [site.processes[name].pid for name in site.senders]
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _last_bytes(ballast: Path) -> None:
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"0")


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of little room where we may mount one (Linux, as root); else a plain folder."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "askwell-drill", str(folder)]
    is_mounted = sys.platform == "linux" and _runs(command)
    try:
        yield folder
    finally:
        if is_mounted:
            _runs(["umount", "-l", str(folder)])


def can_fill_a_disk() -> bool:
    return sys.platform == "linux"


def _runs(command: list[str]) -> bool:
    return (
        shutil.which(command[0]) is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )
