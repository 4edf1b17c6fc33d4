"""Numbers each process adds to in memory, that every other can read, and that outlive the process that counted them.

Each process maps a file of its own and holds a lock on it as long as it lives; the files of the dead are
folded into one. Where there is no room for a file it counts for itself alone: nothing waits for a number.
"""

import fcntl
import json
import logging
import mmap
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

log = logging.getLogger(__name__)

SLOTS = 2048  # different numbers one process can hold
NAMES_AT = SLOTS * 8
SIZE = 128 * 1024
LOST = "uncounted"  # takes what finds no slot any more
PATIENCE = 1.0  # seconds to wait for another process that folds; one may have been frozen doing it


class Tally:
    """The numbers of this process, under their names."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._map: mmap.mmap | None = None
        self._values: memoryview[float]  # there as soon as the map is
        self._slots: dict[str, int] = {}
        self._is_shared = False

    def add(self, name: str, number: float = 1) -> None:
        """Add to a number; costs less than a microsecond."""
        with self._lock:
            slot = self._slots.get(name)
            if slot is None:
                slot = self._slot_for(name)
            self._values[slot] += number

    def totals(self) -> dict[str, float]:
        """Return the sums over all processes of this machine, living and dead."""
        if self.folder is not None and self._map is None:
            self.add(LOST, 0)  # so that there is a folder to read
        if self.folder is None:
            return self._own()
        try:
            sums = _sums(self.folder)
        except OSError as error:
            log.warning("only this process's numbers are known: %s", type(error).__name__)
            return self._own()
        if not self._is_shared:
            _add(sums, self._own())
        return sums

    def _own(self) -> dict[str, float]:
        with self._lock:
            return {name: self._values[slot] for name, slot in self._slots.items()}

    def _slot_for(self, name: str) -> int:
        place = self._begin() if self._map is None else self._map
        if name in self._slots:
            return self._slots[name]
        if len(self._slots) == SLOTS or place.tell() + len(name.encode()) + 1 >= SIZE:
            return self._slots[LOST]
        return self._take_slot(place, name)

    def _begin(self) -> mmap.mmap:
        shared = _own_file(self.folder)
        self._is_shared = shared is not None
        self._map = place = shared or mmap.mmap(-1, SIZE)
        self._values = memoryview(place)[:NAMES_AT].cast("d")
        place.seek(NAMES_AT)
        self._take_slot(place, LOST)
        return place

    def _take_slot(self, place: mmap.mmap, name: str) -> int:
        place.write(name.encode() + b"\n")
        return self._slots.setdefault(name, len(self._slots))


def _own_file(folder: Path | None) -> mmap.mmap | None:
    """Make and lock this process's file; None where that cannot be."""
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            _fold(folder)
            return _new_file(folder / f"{os.getpid()}-{uuid4().hex}.tally")
    except OSError as error:
        log.warning("what this process counts is not seen by others: %s", type(error).__name__)
        return None


def _new_file(path: Path) -> mmap.mmap:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        # Written, not only made that long: touching a hole of a mapped file on a full disk kills the process.
        if os.write(descriptor, bytes(SIZE)) < SIZE:
            raise OSError("no room")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return mmap.mmap(descriptor, SIZE)  # holds a duplicate of the descriptor, and by it the lock
    except OSError:
        path.unlink()
        raise
    finally:
        os.close(descriptor)


def _sums(folder: Path) -> dict[str, float]:
    with _alone(folder):
        with suppress(OSError):  # on a full disk the dead stay as they are, and are read
            _fold(folder)
        folded, sums = _past(folder)
        for path in folder.glob("*.tally"):
            if path.name not in folded:
                _add(sums, _read(path))
    return sums


def _fold(folder: Path) -> None:
    """Add the files of the dead to those before them; stopped at any instant, none is lost or added twice."""
    dead = [path for path in folder.glob("*.tally") if _is_dead(path)]
    if not dead:
        return
    folded, sums = _past(folder)
    for path in dead:
        if path.name not in folded:
            _add(sums, _read(path))
    past = folder / "past.json"
    draft = past.with_suffix(".draft")
    draft.write_text(json.dumps({"folded": [path.name for path in dead], "sums": sums}))
    draft.replace(past)
    for path in dead:
        path.unlink()


def _past(folder: Path) -> tuple[set[str], dict[str, float]]:
    try:
        past = json.loads((folder / "past.json").read_text())
        return set(past["folded"]), dict(past["sums"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # cut short by a power cut: counted anew
        return set(), {}


def _read(path: Path) -> dict[str, float]:
    content = path.read_bytes()
    if len(content) != SIZE:
        return {}
    names = content[NAMES_AT:].partition(b"\0")[0].decode(errors="replace").split("\n")[:-1]
    return dict(zip(names, memoryview(content)[:NAMES_AT].cast("d"), strict=False))


def _add(sums: dict[str, float], numbers: Mapping[str, float]) -> None:
    for name, number in numbers.items():
        sums[name] = sums.get(name, 0) + number


def _is_dead(path: Path) -> bool:
    """Whether nobody holds a file any more; one of another user is left alone."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except PermissionError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let nobody else make or fold files meanwhile; raises OSError where somebody takes too long."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        yield
    finally:
        os.close(descriptor)
