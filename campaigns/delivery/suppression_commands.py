"""The doors of suppression on the terminal: who is written to no more, and why."""

import csv
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.address import normalise
from campaigns.audience.suppression import (
    LASTING,
    Block,
    SuppressionReason,
    count_by_reason,
    lift_suppressions,
    suppressions_on,
)
from campaigns.audience.suppression_file import MOST_NAMED, Line, read_lines
from campaigns.audience.suppression_list import Entry, entries
from campaigns.door import house
from campaigns.enrollment.silence import write_no_more
from campaigns.errors import AskwellError, NotFound
from campaigns.merchants.merchant import get_merchant
from campaigns.terminal import Group, merchant_option, show
from campaigns.vault import fingerprint

suppression = Group("suppression", help="Suppression: people who are written to no more.")

AT_ONCE = 1000  # people in one transaction: no sender waits for a whole file
COLUMNS = ("hash", "reason", "source", "since", "email")
email_argument = click.argument("email")


@suppression.say("suppression import unsubscribed.csv --merchant 1", "import")
@click.argument("file", type=click.Path(path_type=Path))
@merchant_option
def import_file(file: Path, merchant_id: int, as_json: bool) -> None:
    """Suppress everybody in a CSV file with a column email and perhaps a column reason.

    First every line is read; where one is wrong nothing is changed, and its number is said. Letters to these
    people that have not left are cancelled. Run again, the same file changes nothing.
    """
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
    total = _checked(file)
    done = new = cancelled = 0
    lines = read_lines(file)
    with click.progressbar(length=total, label="Suppressing", file=sys.stderr, hidden=as_json) as bar:
        while batch := list(islice(lines, AT_ONCE)):
            with house().database.transaction() as session:
                added, stopped = _suppress(session, merchant_id, batch)
            done, new, cancelled = done + len(batch), new + added, cancelled + stopped
            bar.update(len(batch))
    house().database.be_honoured()
    if done != total:
        raise AskwellError(f"Of {total:,} lines {done:,} could be read twice: save them to a file, and run this again.")
    data = {"lines": total, "new": new, "letters_cancelled": cancelled}
    show(data, as_json, f"{total:,} lines: {new:,} are new, and {cancelled:,} letters to them are cancelled.")


def _checked(file: Path) -> int:
    """Return how many lines there are, all of them right."""
    total, wrong = 0, []
    for line in read_lines(file):
        total += 1
        if not line.email:
            wrong.append(line.number)
    if wrong:
        named = ", ".join(map(str, wrong[:MOST_NAMED])) + (", …" if len(wrong) > MOST_NAMED else "")
        what = "line has" if len(wrong) == 1 else "lines have"
        raise AskwellError(
            f"Nothing was changed: {len(wrong):,} {what} no address, or a reason that is not known: {named}."
        )
    return total


def _suppress(session: Session, merchant_id: int, lines: list[Line]) -> tuple[int, int]:
    """Return how many suppressions are new, and how many letters were cancelled."""
    people = ((fingerprint(merchant_id, line.email), line.reason) for line in lines if line.email)
    blocks = [Block(merchant_id=merchant_id, fingerprint=who, reason=why, source="import") for who, why in people]
    return write_no_more(session, blocks, clock.now())


@suppression.say("suppression export --merchant 1 --out suppressed.csv", "export")
@merchant_option
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; standard output without it.")
def export(merchant_id: int, out: Path | None, as_json: bool) -> None:
    """Write CSV: a hash for each person, why, who said so and since when; addresses where they are still kept."""
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        if out is None and not as_json:
            _write(sys.stdout, entries(session, merchant_id))
            return
        if out is None:
            show({"suppressions": [entry.as_json() for entry in entries(session, merchant_id)]}, as_json)
            return
        try:
            with out.open("w", encoding="utf-8", newline="") as file:
                count = _write(file, entries(session, merchant_id))
        except OSError as error:
            raise AskwellError(f"The file cannot be written: {error.strerror}.") from None
    show({"suppressions": count, "file": str(out)}, as_json, f"{count:,} suppressions are in {out}.")


def _write(file: Any, found: Iterator[Entry]) -> int:
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    count = 0
    for entry in found:
        writer.writerow(entry.as_json())
        count += 1
    return count


@suppression.say("suppression list --merchant 1", "list")
@merchant_option
def list_suppressions(merchant_id: int, as_json: bool) -> None:
    """Print how many people are suppressed, by reason."""
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        found = count_by_reason(session, merchant_id)
    lines = [f"{reason.replace('_', ' ')}: {number:,}" for reason, number in found.items()]
    show({"suppressions": found}, as_json, *(lines or ["Nobody is suppressed."]))


@suppression.say("suppression add ana@example.com --merchant 1", "add")
@email_argument
@merchant_option
def add(email: str, merchant_id: int, as_json: bool) -> None:
    """Write to somebody no more, and cancel the letters to them that have not left."""
    person, now, reason = fingerprint(merchant_id, normalise(email)), clock.now(), SuppressionReason.MANUAL
    with house().database.transaction() as session:
        get_merchant(session, merchant_id)
        block = Block(merchant_id=merchant_id, fingerprint=person, reason=reason, source="command")
        is_new, cancelled = write_no_more(session, [block], now)
    house().database.be_honoured()
    data = {"changed": bool(is_new), "letters_cancelled": cancelled}
    show(data, as_json, "They are written to no more." if is_new else "They were suppressed by hand already.")


@suppression.say("suppression remove ana@example.com --merchant 1", "remove")
@email_argument
@merchant_option
@click.option("--force", is_flag=True, help="Also what the person themselves asked for.")
@click.option("--reason", "why", default="", help="Why; goes with --force, and into the log.")
def remove(email: str, merchant_id: int, force: bool, why: str, as_json: bool) -> None:
    """Write to somebody again whose address works after all; who unsubscribed or complained stays as they are.

    Letters that were cancelled stay cancelled.
    """
    words = " ".join(why.split())
    if force and (not words or "@" in words):
        raise AskwellError("--force needs a --reason, which goes into the log and so names nobody.")
    person = fingerprint(merchant_id, normalise(email))
    with house().database.transaction() as session:
        get_merchant(session, merchant_id)
        found = suppressions_on(session, merchant_id, person)
        if not found:
            raise NotFound("They are not suppressed.")
        lasting = [each.reason for each in found if each.reason in LASTING]
        if lasting and not force:
            asked = " and ".join(each.replace("_", " ") for each in lasting)
            raise AskwellError(f"They {asked}: only a person may take that back, with --force and a --reason.")
        lift_suppressions(session, found, words)
    reasons = [each.reason for each in found]
    show({"removed": reasons}, as_json, "They may be written to again.")
