"""A sender in a process of its own: `python -m tests.bench.hand ROLE` waits for orders, one JSON line each.

What it took until it was ready is not counted: a worker starts once and sends all day.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from campaigns.heartbeat import work_off
from campaigns.house import House, open_house
from campaigns.queues import QueueName
from campaigns.settings import Settings
from campaigns.workers import drain, settle_down
from tests.bench.letters import padded
from tests.bench.machine import CORES, ROOT, WORKER_CORES, pin
from tests.bench.naive import Kept, Naive
from tests.bench.place import Place
from tests.bench.wire import Run

Work = Callable[[int], int]


def askwell(house: House, size: int) -> Work:
    """What `python worker.py delivery --burst` does once it has started."""
    if size:
        padded(size, house.settings.instance / "templates")
    work_off(house, QueueName.DELIVERY)
    settle_down()

    def work(letters: int) -> int:
        drain(house, QueueName.DELIVERY)
        return letters

    return work


ROLES: dict[str, Callable[[House, int], Work]] = {
    "askwell": askwell,
    "naive": lambda house, size: Naive(house, size).work,
    "kept": lambda house, size: Kept(house, size).work,
}


class Hand:
    """The other side: gives the orders."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log

    def begin(self, letters: int, cores: list[int]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"letters": letters, "cores": cores}) + "\n")
        self._process.stdin.flush()

    def end(self) -> tuple[float, float, float]:
        """Return when the work began and ended, and the CPU seconds it took."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a sender died: {self._log.read_text()[-2000:]}")
        begin, end, cpu = json.loads(line)
        return begin, end, cpu


def send_with(hands: list[Hand], letters: int) -> Run:
    """Let one hand work on a core of its own, or several wherever there is room."""
    for hand in hands:
        hand.begin(letters, WORKER_CORES if len(hands) == 1 else CORES)
    ends = [hand.end() for hand in hands]
    seconds = max(end for _, end, _ in ends) - min(begin for begin, _, _ in ends)
    return Run(letters, seconds, sum(cpu for _, _, cpu in ends))


@contextmanager
def hired(place: Place, role: str, size: int = 0) -> Iterator[Hand]:
    """Start a sender and wait until it is ready."""
    log = place.folder / f"{role}.log"
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.hand", role, "--size", str(size)],
            cwd=ROOT,
            env=place.for_a_process(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout
    assert process.stdin
    if process.stdout.readline() != "ready\n":
        raise RuntimeError(f"a sender did not start: {log.read_text()[-2000:]}")
    try:
        yield Hand(process, log)
    finally:
        process.stdin.close()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("--size", type=int, default=0, help="of a letter in bytes; 0: as it is")
    arguments = parser.parse_args()
    logging.basicConfig(
        level=logging.INFO,
        filename=Path(os.environ["INSTANCE_DIR"]) / "hand.log",
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    work = ROLES[arguments.role](open_house(Settings.from_env(os.environ)), arguments.size)
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pin(order["cores"])
        begin, used = time.monotonic(), time.process_time()
        work(order["letters"])
        print(json.dumps([begin, time.monotonic(), time.process_time() - used]), flush=True)


if __name__ == "__main__":
    main()
