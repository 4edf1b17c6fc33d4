"""A journal is what a sender writes down before and after the server has a letter, so that its death tells all.

One file for each lease, locked for as long as its sender lives: the kernel lets go of the lock when
the process dies, however it dies. It is written with one call for many letters and never waits for
the disk; what that leaves after a power cut is told by `is_whole`. Its space is taken beforehand, so
that a full disk stops a sender before it begins and not between a letter and its reply.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

ROOM = 1 << 20  # bytes; some thirty for a letter
ENOUGH = ROOM // 2  # after which a sender catches its breath and begins anew
BOOT = Path("/proc/sys/kernel/random/boot_id")  # Linux; elsewhere every start is taken for another
SUFFIX = ".journal"


class Word(StrEnum):
    INTENDED = "i"  # the body is with the server; its final dot may be
    TAKEN = "t"
    KEPT = "k"  # a clear refusal: the letter is still ours


class Entry(NamedTuple):
    key: int
    word: Word
    code: int = 0
    status: str = ""

    @property
    def line(self) -> str:
        return f"{self.word.value} {self.key} {self.code} {self.status}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a dead sender's journal says: the last word on each letter."""

    lease: str
    is_whole: bool  # False where the machine went down after it: what was written last may be missing
    last_words: dict[int, Entry] = field(default_factory=dict)

    def keys(self, word: Word) -> list[int]:
        return [key for key, entry in self.last_words.items() if entry.word is word]


class Journal:
    """Opened by one sender; raises OSError where the disk has no room for it."""

    def __init__(self, folder: Path, lease: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{lease}{SUFFIX}"
        new = folder / f"{lease}.new"  # it has its name only once it is locked: nobody takes it for an orphan
        self._file = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _reserve(self._file)
            self._start = self._end = os.pwrite(self._file, f"{_boot()}\n".encode(), 0)
            new.rename(self._path)
        except OSError:
            os.close(self._file)
            new.unlink(missing_ok=True)
            raise

    @property
    def is_full(self) -> bool:
        return self._end > ENOUGH

    def write(self, entries: Iterable[Entry]) -> None:
        """Have all of these survive the death of this process once it returns; raises OSError."""
        data = "".join([entry.line for entry in entries]).encode()
        if self._end + len(data) >= ROOM:
            raise OSError("The journal is full.")
        written = 0
        while written < len(data):
            written += os.pwrite(self._file, data[written:], self._end + written)
        self._end += len(data)

    def clear(self) -> None:
        """Forget everything; only when the database knows it all, and nothing is under way."""
        if self._end > self._start:
            os.pwrite(self._file, bytes(self._end - self._start), self._start)
            self._end = self._start

    def remove(self) -> None:
        """End a journal whose every letter is on record."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)

    def leave(self) -> None:
        """Leave it for the next sender to read."""
        os.close(self._file)


def orphans(folder: Path) -> Iterator[Evidence]:
    """Yield what dead senders of this machine wrote; each journal goes once its evidence was dealt with."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            with suppress(BlockingIOError):  # its sender lives, or another is reading it
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if path.exists():
                    yield _read(path)
                    path.unlink(missing_ok=True)
        finally:
            os.close(file)


def _read(path: Path) -> Evidence:
    written = path.read_bytes().partition(b"\0")[0].decode("ascii", "replace")
    boot, _, rest = written.partition("\n")
    whole_lines = rest[: rest.rfind("\n") + 1].splitlines()
    entries = [_entry(*line.split(" ")) for line in whole_lines]
    is_whole = bool(boot) and boot == _boot()
    return Evidence(lease=path.stem, is_whole=is_whole, last_words={entry.key: entry for entry in entries})


def _entry(word: str, key: str, code: str = "0", status: str = "") -> Entry:
    return Entry(int(key), Word(word), int(code), status)


def _reserve(file: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, ROOM)
    else:  # macOS
        os.pwrite(file, bytes(ROOM), 0)


def _boot() -> str:
    try:
        return BOOT.read_text().strip()
    except OSError:
        return f"unknown {os.getpid()}"
