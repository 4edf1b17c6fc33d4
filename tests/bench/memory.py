"""A worker's memory through a long run of many campaigns, and how long the smallest merchant waits meanwhile."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import text

from campaigns import clock
from tests.bench.figures import table
from tests.bench.machine import ROOT, WORKER_CORES, resident, started_on
from tests.bench.options import Options
from tests.bench.place import Place, open_place
from tests.bench.seed import DUE_AT, Spot, fill, open_shop
from tests.bench.wire import Server, program

MERCHANTS, SMALL = 50, 10
LARGE = (200_000, 40)  # letters, campaigns a merchant
USUAL = (20_000, 4)
SMALL_DOMAIN = "ten.example"
JOINS_AFTER = 0.5  # seconds after the first letter was recorded, while everybody else's leave
HAS_BEGUN = "SELECT 1 FROM message WHERE state = 'sent' LIMIT 1"
WAKE = "UPDATE message SET state = 'scheduled', due_at = :due WHERE {}"


def run(options: Options) -> Iterator[str]:
    letters, campaigns = LARGE if options.is_large else USUAL
    yield f"{letters:,} letters for {MERCHANTS * campaigns:,} campaigns of {MERCHANTS} merchants, one worker"
    head = ("resident", "a tenth", "half", "end", "peak", "letters/s", f"the {SMALL} letters came")
    yield table(head, [_measure(kind, letters, campaigns) for kind in options.kinds])
    if not options.is_large:
        yield "200,000 letters for 2,000 campaigns take their time: --large"


def _measure(kind: str, letters: int, campaigns: int) -> list[str]:
    with program("sink", "--watch", SMALL_DOMAIN) as sink, open_place(kind) as made:
        place = made.sending_to(sink.port)
        small = _populate(place, letters, campaigns)
        with _worker(place) as process:
            samples, joined_at = _watch(place, process, small)
        at = [samples[int(share * (len(samples) - 1))] for share in (0.1, 0.5, 1)]
        peak = max(samples)
    return [
        kind,
        *(f"{each:.0f} MB" for each in at),
        f"{peak:.0f} MB",
        f"{_pace(sink):,.0f}",
        _waits(sink, joined_at),
    ]


def _pace(sink: Server) -> float:
    times = sink.report["times"]
    return len(times) / max(times[-1] - times[0], 0.001) if times else 0.0


def _waits(sink: Server, joined_at: datetime | None) -> str:
    """Say when the small merchant's letters came, counted from when they were due."""
    times = sink.report["watched"]
    if joined_at is None or not times:
        return "the others were done before"
    last = max(sink.report["times"])
    others = f"; the others' last after {last - joined_at.timestamp():.1f} s"
    return f"after {min(times) - joined_at.timestamp():.1f} to {max(times) - joined_at.timestamp():.1f} s{others}"


def _populate(place: Place, letters: int, campaigns: int) -> Spot:
    with place.house.database.transaction() as session:
        spots = [spot for _ in range(MERCHANTS) for spot in open_shop(session, place.house.vault, campaigns)]
        small = open_shop(session, place.house.vault, domain=SMALL_DOMAIN)[0]
    fill(place, spots, letters)
    fill(place, [small], SMALL)
    _make_due(place, f"merchant_id <> {small.merchant_id}")
    place.tidy()
    return small


def _make_due(place: Place, whose: str) -> datetime:
    now = clock.now()
    with place.house.database.transaction() as session:
        session.execute(text(WAKE.format(whose)).bindparams(DUE_AT), {"due": now})
    return now


@contextmanager
def _worker(place: Place) -> Iterator[subprocess.Popen[bytes]]:
    with (place.folder / "worker.log").open("w") as log, started_on(WORKER_CORES):
        process = subprocess.Popen(
            [sys.executable, "worker.py", "delivery", "--burst"],
            cwd=ROOT,
            env=place.for_a_process(),
            stderr=log,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _watch(place: Place, process: subprocess.Popen[bytes], small: Spot) -> tuple[list[float], datetime | None]:
    """Sample a worker's memory ten times a second until it is done; lets the small merchant join on the way."""
    samples: list[float] = []
    begin, begun_at, joined_at = time.monotonic(), 0.0, None
    while process.poll() is None:
        if not begun_at and _has_begun(place):
            begun_at = time.monotonic()
        if begun_at and joined_at is None and time.monotonic() - begun_at > JOINS_AFTER:
            joined_at = _make_due(place, f"merchant_id = {small.merchant_id}")
        if now := resident(process.pid):
            samples.append(now)
        time.sleep(max(0.0, begin + len(samples) * 0.1 - time.monotonic()))
    return samples, joined_at


def _has_begun(place: Place) -> bool:
    with place.house.database.reading() as session:
        return session.execute(text(HAS_BEGUN)).first() is not None
