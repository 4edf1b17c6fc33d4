"""The doors of mail that comes back on the terminal: a pipe, a listener, a mailbox that is read."""

import logging
import sys
import time
from enum import IntEnum

import click
from sqlalchemy.exc import SQLAlchemyError

from campaigns import clock
from campaigns.delivery.inbound.imap import poll
from campaigns.delivery.inbound.listener import Place, listen
from campaigns.delivery.inbound.parse import LARGEST
from campaigns.delivery.inbound.receive import accept
from campaigns.delivery.stopping import listening
from campaigns.door import house
from campaigns.errors import AskwellError, SettingsError
from campaigns.logbook import place
from campaigns.terminal import Group, show

inbound = Group("inbound", help="Mail that comes back: bounces, complaints and replies.")
log = logging.getLogger(__name__)
A_MOMENT = 0.5  # seconds between two looks at whether to stop


class Exit(IntEnum):
    """What mail servers read from a program they pipe mail into (sysexits.h)."""

    UNREADABLE = 65  # larger than is taken
    TRY_AGAIN = 75


@inbound.say("inbound receive < mail.eml", "receive")
@click.option("--recipient", default="", help="The envelope's recipient, where the mail does not name it itself.")
def receive(recipient: str, as_json: bool) -> None:
    """Take one mail from standard input; exits with 75 where it has to come again later."""
    raw = sys.stdin.buffer.read(LARGEST + 1)
    if len(raw) > LARGEST:
        click.echo("The mail is larger than 10 MB.", err=True)
        raise click.exceptions.Exit(Exit.UNREADABLE)
    if recipient:
        raw = f"Delivered-To: {' '.join(recipient.split())}\r\n".encode() + raw
    try:
        receipt = accept(house(), raw, clock.now())
    except SQLAlchemyError as error:
        click.echo(f"The database did not take it ({type(error).__name__}); the mail has to come again.", err=True)
        raise click.exceptions.Exit(Exit.TRY_AGAIN) from None
    except Exception as error:  # noqa: BLE001 - a mail server that reads any other number gives the mail up
        log.error("a mail has to come again: %s at %s", type(error).__name__, place(error))
        raise click.exceptions.Exit(Exit.TRY_AGAIN) from None
    show({"receipt": receipt}, as_json, f"The mail is {receipt}.")


@inbound.say("inbound listen --lmtp --port 8024", "listen")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8024, show_default=True)
@click.option("--lmtp", "is_lmtp", is_flag=True, help="Speak LMTP, for a mail server in front, and not SMTP.")
def listen_for_mail(host: str, port: int, is_lmtp: bool, as_json: bool) -> None:
    """Take mail to the addresses made for letters until told to stop; everything else is refused."""
    listen(house(), Place(host=host, port=port, is_lmtp=is_lmtp))


@inbound.say("inbound poll --every 60", "poll")
@click.option("--move", "folder", default="", help="Move what was taken to this folder of the mailbox.")
@click.option("--every", type=click.IntRange(10, 86_400), help="Go on, with as many seconds between; otherwise once.")
def poll_mailbox(folder: str, every: int | None, as_json: bool) -> None:
    """Take the unseen mails of the mailbox in IMAP_URL."""
    if not house().settings.inbound.imap_url:
        raise SettingsError("IMAP_URL is not set; it is imaps://user:password@host/INBOX.")
    if every is None:
        count = poll(house(), folder)
        show({"new": count}, as_json, f"{count} new mails were taken.")
        return
    with listening() as is_stopping:
        until = 0.0
        while not is_stopping():
            if time.monotonic() >= until:
                until = time.monotonic() + every
                _poll_and_go_on(folder)
            time.sleep(A_MOMENT)


def _poll_and_go_on(folder: str) -> None:
    try:
        poll(house(), folder)
    except AskwellError as error:
        log.error("%s", error)
    except Exception as error:  # noqa: BLE001 - whatever it is, the next look may find it mended
        log.error("the mailbox was not read: %s at %s", type(error).__name__, place(error))
