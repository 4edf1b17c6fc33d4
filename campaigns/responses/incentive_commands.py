"""Codes for those who answer, on the terminal: a file of them into a pool, and how many are left."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import click

from campaigns import clock
from campaigns.catalog.thanks_file import LONGEST_CODE, POOL, is_code
from campaigns.door import house
from campaigns.errors import AskwellError
from campaigns.merchants.merchant import get_merchant
from campaigns.responses.incentive import look_again_at
from campaigns.responses.pool import add_codes
from campaigns.responses.shortage import standings_now
from campaigns.terminal import Group, merchant_option, show

BATCH = 1000  # codes in memory, and in one transaction
MOST_NAMED = 20  # lines named one by one

incentive = Group("incentive", help="Codes that thank those who answer, whatever they answered.")
Numbered = tuple[int, str]  # line number, code


@dataclass(slots=True)
class Tally:
    added: int = 0
    left_out: list[int] = field(default_factory=list)  # line numbers


@incentive.say("incentive upload codes.txt --merchant 1 --pool autumn", "upload")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@merchant_option
@click.option("--pool", required=True, help="The pool a campaign file names.")
def upload(file: Iterable[str], merchant_id: int, pool: str, as_json: bool) -> None:
    """Put codes, one on each line, into a pool; a code that is there already is left out and its line named."""
    if not POOL.fullmatch(pool):
        raise AskwellError(f"--pool is {pool!r}; it is a word of small letters, digits, - and _.")
    tally, numbered = Tally(), _codes(file)
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
    while batch := list(islice(numbered, BATCH)):
        _add(merchant_id, pool, batch, tally)
        if not as_json and batch[-1][0] % (BATCH * 10) == 0:
            click.echo(f"{tally.added} codes …", err=True)
    left_out = ", ".join(map(str, tally.left_out[:MOST_NAMED])) + (" …" if len(tally.left_out) > MOST_NAMED else "")
    lines = [f"{tally.added} codes are new in pool {pool}."]
    lines += [f"There already, and left out: line {left_out}."] if tally.left_out else []
    show({"pool": pool, "added": tally.added, "duplicates": tally.left_out}, as_json, *lines)


@incentive.say("incentive list --merchant 1", "list")
@merchant_option
def list_pools(merchant_id: int, as_json: bool) -> None:
    """Print how many codes each pool has left, how many are used, and how many people wait for one."""
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        rows = standings_now(session, merchant_id)
    data = [{"pool": row.pool, "left": row.left, "used": row.used, "waiting": row.waiting} for row in rows]
    lines = [f"{row.pool}: {row.left} left, {row.used} used, {row.waiting} waiting" for row in rows]
    show({"pools": data}, as_json, *(lines or ["There is no pool yet; fill one with `incentive upload`."]))


def _add(merchant_id: int, pool: str, batch: list[Numbered], tally: Tally) -> None:
    with house().database.transaction() as session:
        codes, now = [code for _, code in batch], clock.now()
        new = add_codes(session, house().vault, merchant_id, pool, codes, now)
        look_again_at(session, merchant_id, pool, now)
    tally.added += len(new)
    tally.left_out += [line for place, (line, _) in enumerate(batch) if place not in new]


def _codes(file: Iterable[str]) -> Iterator[Numbered]:
    """Read a file line by line; what is wrong is named by its number, never repeated."""
    try:
        for number, line in enumerate(file, 1):
            code = line.strip()
            if code and not is_code(code):
                raise AskwellError(
                    f"Line {number} is no code: a code is visible, and up to {LONGEST_CODE} characters long."
                )
            if code:
                yield number, code
    except UnicodeDecodeError:
        raise AskwellError("The file is not UTF-8 text.") from None
