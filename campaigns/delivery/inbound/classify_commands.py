"""What mails would be taken for, without taking them: to see before, and to measure against a truth."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import click

from campaigns import clock
from campaigns.delivery.event import Kind
from campaigns.delivery.inbound.commands import inbound
from campaigns.delivery.inbound.finding import Finding, Sort
from campaigns.delivery.inbound.inbound_mail import counts, fold_again
from campaigns.delivery.inbound.parse import LARGEST, parse
from campaigns.delivery.inbound.reading import read
from campaigns.delivery.kinds import by_status
from campaigns.door import house
from campaigns.errors import AskwellError
from campaigns.queues import QueueName
from campaigns.terminal import show

ACTIONS = {
    Kind.HARD: "suppress",
    Kind.DISABLED: "suppress the second time in 30 days",
    Kind.UNKNOWN: "suppress the third time in 30 days",
    Kind.SOFT: "record",
    Kind.SENDER: "alert, never suppress",
    Kind.CONTENT: "alert, never suppress",
}
OTHERS = {
    Sort.COMPLAINT: "suppress",
    Sort.UNSUBSCRIBE: "suppress",
    Sort.REPLY: "pass on, and read for a score",
    Sort.AUTO_REPLY: "count",
    Sort.DELAY: "record",
    Sort.DELIVERY: "record",
}


class Row(NamedTuple):
    file: str
    finding: Finding

    @property
    def label(self) -> str:
        """The kind of a bounce, and what anything else is."""
        return str(self.finding.kind or self.finding.sort)

    @property
    def action(self) -> str:
        return ACTIONS[self.finding.kind] if self.finding.kind else OTHERS.get(self.finding.sort, "keep")


@inbound.say("inbound classify bounces/ --truth truth.json", "classify")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--truth", type=click.Path(exists=True, path_type=Path), help='JSON: {"file name": "hard", …}.')
def classify(paths: tuple[Path, ...], truth: Path | None, as_json: bool) -> None:
    """Print what each mail is, and how that compares to the truth, or to what its status alone says."""
    rows = [Row(path.name, _finding(path)) for path in _files(paths)]
    expected = _truth(truth) if truth else {row.file: _by_status(row) for row in rows}
    matrix = Counter((expected[row.file], row.label) for row in rows if row.file in expected)
    data = {"mails": [_as_json(row) for row in rows], "matrix": _nested(matrix)}
    lines = [f"{row.file}  {mask(row.finding.address) or '-'}  {row.label}  {row.action}" for row in rows]
    title = "truth" if truth else "by status alone"
    show(data, as_json, *lines, "", *_table(matrix, title))


@inbound.say("inbound refold", "refold")
def refold(as_json: bool) -> None:
    """Read mails again that named no letter or could not be read; those that did something stay as they are."""
    with house().database.transaction() as session:
        count = fold_again(session)
    house().bell.ring(QueueName.DELIVERY)
    show({"again": count}, as_json, f"{count} mails are read again within seconds.")


@inbound.say("inbound counts --days 7", "counts")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True)
def count_kinds(days: int, as_json: bool) -> None:
    """Print how many mails of each kind came back."""
    with house().database.reading() as session:
        found = counts(session, clock.now() - timedelta(days=days))
    lines = [f"{kind.replace('_', ' ')}: {count:,}" for kind, count in found.items()]
    show(found, as_json, *(lines or ["Nothing came back."]))


def mask(address: str) -> str:
    """Return an address as it may be shown: enough to recognise, too little to write to."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}…{at}{domain}" if at else ""


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.rglob("*.eml")) if path.is_dir() else [path]


def _finding(path: Path) -> Finding:
    try:
        with path.open("rb") as file:
            return read(parse(file.read(LARGEST)))
    except OSError as error:
        raise AskwellError(f"{path.name} cannot be read: {error.strerror}.") from None


def _truth(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text())
        return {name: str(said["kind"] if isinstance(said, dict) else said) for name, said in found.items()}
    except (OSError, ValueError, AttributeError, KeyError, UnicodeError):
        raise AskwellError(f'{path.name} is not JSON like {{"file name": "hard"}}.') from None


def _by_status(row: Row) -> str:
    is_bounce = row.finding.sort is Sort.BOUNCE
    return str(by_status(row.finding.status) or Kind.UNKNOWN) if is_bounce else str(row.finding.sort)


def _as_json(row: Row) -> dict[str, Any]:
    finding = row.finding
    return {
        "file": row.file,
        "address": mask(finding.address),
        "sort": finding.sort,
        "kind": finding.kind,
        "code": finding.code,
        "status": finding.status,
        "action": row.action,
    }


def _nested(matrix: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    return {
        expected: {found: count for (said, found), count in sorted(matrix.items()) if said == expected}
        for expected in sorted({expected for expected, _ in matrix})
    }


def _table(matrix: Counter[tuple[str, str]], title: str) -> list[str]:
    """Lay a matrix out: a row for each label that was expected, a column for each that was found."""
    columns = sorted({found for _, found in matrix})
    right = sum(count for (expected, found), count in matrix.items() if expected == found)
    width = max(len(title), *(len(expected) for expected, _ in matrix), 0)
    lines = [title.ljust(width) + "".join(f"  {column}" for column in columns)]
    for expected, found in _nested(matrix).items():
        cells = (str(found.get(column, "")).rjust(len(column)) for column in columns)
        lines.append(expected.ljust(width) + "".join(f"  {cell}" for cell in cells))
    return [*lines, f"{right} of {matrix.total()} agree."]
