"""The doors beside a bare view on the same server."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import bench_doors
from tests.bench.options import Options


def run(options: Options) -> Iterator[str]:
    seconds = 9.0 * options.seconds
    for kind in options.kinds:
        with tempfile.TemporaryDirectory() as folder:
            yield bench_doors.table(kind, bench_doors.measure(kind, Path(folder), seconds))
    yield f"16 connections; the median of n = {bench_doors.ROUNDS} rounds that took turns, {seconds / 3:g} s each"
