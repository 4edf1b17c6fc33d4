"""A file of people not to write to is read line by line; a line that is not right is named by its number alone."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from campaigns.address import normalise
from campaigns.audience.suppression import SuppressionReason
from campaigns.errors import AskwellError, InvalidAddress

MOST_NAMED = 20
# How other services call it.
REASONS = {
    **{reason.value: reason for reason in SuppressionReason if reason is not SuppressionReason.ERASED},
    "": SuppressionReason.MANUAL,
    "unsubscribe": SuppressionReason.UNSUBSCRIBED,
    "optout": SuppressionReason.UNSUBSCRIBED,
    "opt_out": SuppressionReason.UNSUBSCRIBED,
    "bounce": SuppressionReason.HARD_BOUNCE,
    "bounced": SuppressionReason.HARD_BOUNCE,
    "hardbounce": SuppressionReason.HARD_BOUNCE,
    "spam": SuppressionReason.COMPLAINT,
    "spamcomplaint": SuppressionReason.COMPLAINT,
    "complained": SuppressionReason.COMPLAINT,
}


class UnreadableFile(AskwellError):
    """The file cannot be read; it is CSV in UTF-8, with a column email and perhaps a column reason."""


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    email: str  # normalised; nothing where the line is wrong
    reason: SuppressionReason


def read_lines(path: Path) -> Iterator[Line]:
    """Read a file, one line at a time; raises UnreadableFile."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            at, columns = 0, {"email": 0, "reason": 1}
            for row in rows:
                at += 1
                if not any(cell.strip() for cell in row):
                    continue
                named = [cell.strip().lower() for cell in row]
                if at == 1 and "email" in named:
                    columns = {name: place for place, name in enumerate(named)}
                else:
                    yield _line(rows.line_num, row, columns)
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UnreadableFile from None


def _line(number: int, row: list[str], columns: dict[str, int]) -> Line:
    def cell(name: str) -> str:
        place = columns.get(name, len(row))
        return row[place].strip() if place < len(row) else ""

    reason = REASONS.get(cell("reason").lower().replace(" ", "_"))
    try:
        email = normalise(cell("email")) if reason else ""
    except InvalidAddress:
        email = ""
    return Line(number, email, reason or SuppressionReason.MANUAL)
