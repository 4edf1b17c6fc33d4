"""What the bench knows of the machine it runs on: its cores, its tools, and what a process has used of it."""

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
WHERE_DAEMONS_ARE = "/usr/sbin:/usr/local/sbin:/sbin"  # not on everybody's PATH


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


CORES = _cores()
SINK_CORES, WORKER_CORES = CORES[:1], CORES[-1:]  # one core for who sends, another for who takes


def pin(cores: list[int]) -> None:
    """Keep this process on these cores, where the system knows how to."""
    if cores:
        os.sched_setaffinity(0, cores)


@contextmanager
def started_on(cores: list[int]) -> Iterator[None]:
    """What is started meanwhile stays on these cores."""
    before = _cores()
    pin(cores)
    try:
        yield
    finally:
        pin(before)


def binary(name: str) -> str | None:
    """Return where a program is, or None where it is not installed."""
    return shutil.which(name) or shutil.which(name, path=WHERE_DAEMONS_ARE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(is_true: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(0.05)


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def resident(pid: int, line: str = "VmRSS") -> float:
    """Return the memory of a process in MB, now (VmRSS) or at its highest (VmHWM); 0 where nobody says."""
    with suppress(OSError):
        for each in Path(f"/proc/{pid}/status").read_text().splitlines():
            if each.startswith(line):
                return int(each.split()[1]) / 1024
    return 0.0


def described() -> str:
    """Say in one line what the figures were measured on."""
    model = "an unknown processor"
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line for line in lines if line.startswith("model name")).partition(":")[2].strip()
    apart = "who takes on another" if len(CORES) > 1 else "and so does who takes"
    return f"{len(CORES) or os.cpu_count()} cores of {model}; one worker stays on one core, {apart}"
