"""Numbers as Prometheus reads them: the text format 0.0.4, each metric with a sentence that names its unit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SUM = "sum"
BEYOND = "+Inf"
Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A counter; with bounds, a histogram."""

    name: str
    help: str
    labels: Labels = ()
    bounds: tuple[float, ...] = ()

    @property
    def steps(self) -> Labels:
        """The upper bounds of a histogram's buckets, as they are written."""
        return (*(f"{bound:g}" for bound in self.bounds), BEYOND) if self.bounds else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """How much there is of something now, under each value of its one label, or under none."""

    name: str
    help: str
    label: str = ""
    values: Mapping[str, float]


def exposition(meters: Iterable[Meter], totals: Mapping[str, float], gauges: Iterable[Gauge]) -> str:
    found: dict[str, dict[Labels, float]] = defaultdict(dict)
    for name, number in totals.items():
        first, *rest = name.split("\t")
        found[first][tuple(rest)] = number
    lines: list[str] = []
    for meter in meters:
        lines += _histogram(meter, found[meter.name]) if meter.bounds else _counter(meter, found[meter.name])
    for gauge in gauges:
        lines += _gauge(gauge)
    return "\n".join(lines) + "\n"


def _counter(meter: Meter, found: Mapping[Labels, float]) -> Iterator[str]:
    yield from _head(meter.name, "counter", meter.help)
    for values in sorted(found) or ([] if meter.labels else [()]):
        yield _line(meter.name, zip(meter.labels, values, strict=False), found.get(values, 0))


def _histogram(meter: Meter, found: Mapping[Labels, float]) -> Iterator[str]:
    yield from _head(meter.name, "histogram", meter.help)
    for values in sorted({labels[:-1] for labels in found}):
        labels = list(zip(meter.labels, values, strict=False))
        below = 0.0
        for step in meter.steps:
            below += found.get((*values, step), 0)
            yield _line(f"{meter.name}_bucket", [*labels, ("le", step)], below)
        yield _line(f"{meter.name}_sum", labels, found.get((*values, SUM), 0))
        yield _line(f"{meter.name}_count", labels, below)


def _gauge(gauge: Gauge) -> Iterator[str]:
    yield from _head(gauge.name, "gauge", gauge.help)
    for value, number in sorted(gauge.values.items()):
        yield _line(gauge.name, [(gauge.label, value)] if gauge.label else [], number)


def _head(name: str, kind: str, sentence: str) -> Iterator[str]:
    yield f"# HELP {name} {sentence}"
    yield f"# TYPE {name} {kind}"


def _line(name: str, labels: Iterable[tuple[str, str]], number: float) -> str:
    inside = ",".join(f'{label}="{value.translate(_ESCAPES)}"' for label, value in labels)
    return f"{name}{{{inside}}} {number!r}" if inside else f"{name} {number!r}"


_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
