"""The development mailbox: whatever is sent is caught, kept as one file each, and reaches nobody."""

import asyncio
import logging
import os
import re
import secrets
import signal
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from campaigns import clock
from campaigns.errors import NotFound, SettingsError
from campaigns.settings import Settings

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
LARGEST = 10_000_000  # bytes of one mail
MAIL_ID = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")  # the moment of arrival, so that ids sort by it


def folder_of(settings: Settings) -> Path:
    return settings.instance / "mailbox"


class Catcher:
    """Keeps each mail as it came; a file is there whole, or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        # What a real mailbox adds: the addresses of the envelope, which the mail need not name.
        head = f"Return-Path: <{envelope.mail_from}>\r\n"
        head += "".join(f"Delivered-To: {address}\r\n" for address in envelope.rcpt_tos)
        mail_id = self._keep(head.encode("utf-8", "replace") + content)
        return f"250 2.0.0 kept as {mail_id}"

    def _keep(self, data: bytes) -> str:
        mail_id = f"{clock.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        unfinished = self._folder / f".{mail_id}.part"
        unfinished.write_bytes(data)
        unfinished.replace(self._folder / f"{mail_id}.eml")
        log.info("mail %s caught", mail_id)
        return mail_id


def mail_ids(folder: Path) -> list[str]:
    """Return the ids of all mails, the newest first."""
    if not folder.is_dir():
        return []
    found = (entry.name.removesuffix(".eml") for entry in os.scandir(folder) if entry.name.endswith(".eml"))
    return sorted(filter(MAIL_ID.fullmatch, found), reverse=True)


def source_of(folder: Path, mail_id: str) -> bytes:
    """Return a mail as it came; raises NotFound, also for what is no id."""
    if not MAIL_ID.fullmatch(mail_id):
        raise NotFound("There is no such mail.")
    try:
        return (folder / f"{mail_id}.eml").read_bytes()
    except FileNotFoundError:
        raise NotFound("There is no such mail.") from None


def run(settings: Settings) -> None:
    """Catch mail until the process is told to stop. Raises SettingsError where the port is taken."""
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    catcher, loop, is_over = Catcher(folder_of(settings)), asyncio.get_running_loop(), asyncio.Event()

    def hear() -> SMTP:
        return SMTP(catcher, data_size_limit=LARGEST, enable_SMTPUTF8=True, ident="Mailbox", loop=loop)

    try:
        server = await loop.create_server(hear, HOST, settings.mailbox_port)
    except OSError:
        raise SettingsError(f"MAILBOX_PORT {settings.mailbox_port} is taken by another program.") from None
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, is_over.set)
    log.info("mailbox listens on %s:%s", HOST, settings.mailbox_port)
    async with server:
        await is_over.wait()
