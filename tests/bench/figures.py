"""Medians of rounds that took turns, and the tables they are read in."""

import statistics
from collections.abc import Iterable, Mapping, Sequence

from tests.bench.wire import Run

Rounds = Mapping[str, Sequence[Run]]


def rates(runs: Sequence[Run]) -> float:
    return statistics.median(run.per_second for run in runs)


def cpu(runs: Sequence[Run]) -> float:
    return statistics.median(run.cpu_per_1000 for run in runs)


def ratio(runs: Sequence[Run], anchor: Sequence[Run]) -> float:
    """Return the median of what each round says: a machine that slows down slows both down."""
    return statistics.median(one.per_second / other.per_second for one, other in zip(runs, anchor, strict=True))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay words out in columns, the first to the left and the others to the right."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def ms(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.2f} ms"
