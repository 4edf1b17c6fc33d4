"""`flask --app wsgi status`: how sending goes, once or as it happens."""

import shutil
import sys
import time

import click
from sqlalchemy.exc import SQLAlchemyError

from campaigns import clock, meters
from campaigns.door import house
from campaigns.enrollment.states import MessageState
from campaigns.merchants.merchant import get_merchant
from campaigns.reports.progress import progress
from campaigns.reports.progress_view import Screen, Status, lines
from campaigns.reports.progress_view import as_json as to_json
from campaigns.terminal import json_option, kindly, show

EVERY = 1.0  # seconds between two looks
SHARE = 10  # of its time a view spends looking no more than one part in so many
OPEN, CLOSE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"  # a screen of its own, without a cursor; and back
DRAW, TO_END_OF_LINE, TO_END = "\x1b[H", "\x1b[K\n", "\x1b[J"


@click.command("status", epilog="Example:  flask --app wsgi status --watch")
@json_option
@click.option("--merchant", "merchant_id", type=int, help="The merchant's number; all merchants without it.")
@click.option("--watch", is_flag=True, help="Look again and again, until Ctrl-C; on a terminal only.")
@click.option("--no-colour", is_flag=False, flag_value="yes", envvar="NO_COLOR", help="Also by NO_COLOR.")
@kindly
def status(merchant_id: int | None, watch: bool, no_colour: str | None, as_json: bool) -> None:
    """Show how far each campaign's letters are, what waits, and what holds it up."""
    if watch and not as_json and sys.stdout.isatty():
        _watch(merchant_id, has_colours=not no_colour)
        return
    seen = _look(merchant_id)
    show(to_json(seen), as_json, *lines(seen, Screen(width=shutil.get_terminal_size().columns)))


def _look(merchant_id: int | None, here: float | None = None) -> Status:
    """Look once; `here` is the rate of this machine, for when all machines send too much to be counted."""
    heard = house().bell.is_heard()
    with house().database.reading() as session:
        if merchant_id is not None:
            get_merchant(session, merchant_id)
        found = progress(session, clock.now(), merchant_id)
    rate = here if found.letters_per_second is None else found.letters_per_second
    return Status(progress=found, redis={True: "ok", False: "down", None: "none"}[heard], letters_per_second=rate)


def _watch(merchant_id: int | None, has_colours: bool) -> None:
    click.echo(OPEN, nl=False)
    sent_before, looked_at = meters.letters_so_far(MessageState.SENT), time.monotonic()
    try:
        while True:
            began = time.monotonic()
            sent = meters.letters_so_far(MessageState.SENT)
            here = (sent - sent_before) / max(began - looked_at, EVERY)
            sent_before, looked_at = sent, began
            columns, rows = shutil.get_terminal_size()
            screen = Screen(width=columns, height=rows, has_colours=has_colours)
            click.echo(DRAW + TO_END_OF_LINE.join([*_picture(merchant_id, here, screen), ""]) + TO_END, nl=False)
            time.sleep(max(EVERY, SHARE * (time.monotonic() - began)))
    except KeyboardInterrupt:
        pass
    finally:
        click.echo(CLOSE, nl=False)


def _picture(merchant_id: int | None, here: float, screen: Screen) -> list[str]:
    try:
        return lines(_look(merchant_id, here), screen)
    except SQLAlchemyError as error:  # it may come back, and somebody is watching for just that
        return [f"The database does not answer ({type(error).__name__})."]
