"""A merchant's 14 letters a second, sent by four workers and counted where they arrive."""

import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from campaigns import clock
from tests.bench.figures import table
from tests.bench.machine import ROOT
from tests.bench.options import Options
from tests.bench.place import Place, open_place
from tests.bench.seed import fill, make_due, open_shop, set_pace
from tests.bench.wire import program
from tests.services import redis_server

PACE, WORKERS, WINDOW = 14, 4, 15
LETTERS = PACE * WINDOW * 2


def run(options: Options) -> Iterator[str]:
    yield f"{PACE} letters/s for one merchant, {WORKERS} workers, Redis; at the server, n = {WINDOW} seconds"
    head = ("database", "letters/s", "in each second")
    yield table(head, [_measure(kind) for kind in options.kinds])


def _measure(kind: str) -> tuple[str, str, str]:
    with program("sink") as sink, redis_server() as redis_url, open_place(kind, redis_url) as made:
        place = made.sending_to(sink.port)
        with place.house.database.transaction() as session:
            spots = open_shop(session, place.house.vault)
            set_pace(session, spots[0].merchant_id, PACE)
        fill(place, spots, LETTERS)
        make_due(place, spots[0].merchant_id, LETTERS, clock.now() - timedelta(minutes=5))
        with _processes(place):
            time.sleep(WINDOW + 5)
    times = sorted(sink.report["times"])
    if not times:
        return kind, "none came", "-"
    seconds = [0] * WINDOW
    for moment in itertools.takewhile(lambda each: each < times[0] + WINDOW, times):
        seconds[int(moment - times[0])] += 1
    return kind, f"{sum(seconds) / WINDOW:.2f}", " ".join(map(str, seconds))


@contextmanager
def _processes(place: Place) -> Iterator[None]:
    """Run the workers and a heartbeat, as a Procfile would."""
    with ExitStack() as stack:
        log = stack.enter_context((place.folder / "workers.log").open("w"))
        processes = [
            subprocess.Popen([sys.executable, "worker.py", name], cwd=ROOT, env=place.for_a_process(), stderr=log)
            for name in [*["delivery"] * WORKERS, "heartbeat"]
        ]
        try:
            yield
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()
