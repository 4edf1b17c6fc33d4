"""A door for mail servers, by SMTP or LMTP: takes mail to addresses that were made here, and for nobody else."""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.exc import SQLAlchemyError

from campaigns import clock
from campaigns.delivery.inbound.parse import LARGEST
from campaigns.delivery.inbound.receive import accept, keys_of
from campaigns.errors import SettingsError
from campaigns.house import House
from campaigns.logbook import place as place_of

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 500
THREADS = 4  # that write
TIMEOUT = 120  # seconds of silence
TAKEN, LATER = "250 2.0.0 taken", "451 4.3.0 not now, the database is away"
TROUBLE = "451 4.3.0 not now"
NOT_HERE, ONE_EACH = "550 5.1.1 no such address", "452 4.5.3 one recipient for each mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to listen."""

    host: str
    port: int
    is_lmtp: bool = False


class Door:
    """Answers what is asked of each mail."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._paths = keys_of(house).paths
        self._writers = ThreadPoolExecutor(THREADS, "inbound")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._paths.read(address) is None:
            return NOT_HERE
        if envelope.rcpt_tos:  # LMTP answers for each recipient of a mail; with one there is one answer
            return ONE_EACH
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        # What an MDA adds; what the mail says of them itself stands below, and the first counts.
        head = f"Return-Path: <{(envelope.mail_from or '').strip('<>')}>\r\nDelivered-To: {envelope.rcpt_tos[0]}\r\n"
        raw = head.encode("utf-8", "replace") + content
        try:
            await asyncio.get_running_loop().run_in_executor(self._writers, accept, self._house, raw, clock.now())
        except SQLAlchemyError as error:
            log.error("a mail has to come again: %s", type(error).__name__)
            return LATER
        return TAKEN

    async def handle_exception(self, error: Exception) -> str:
        """Answer for whatever else went wrong: the mail comes again, and nobody is told what the error says."""
        log.error("a mail has to come again: %s at %s", type(error).__name__, place_of(error))
        return TROUBLE

    def close(self) -> None:
        self._writers.shutdown()


class Visitors:
    """Makes a protocol for each connection, up to as many as there is room for."""

    def __init__(self, door: Door, place: Place) -> None:
        self._door = door
        self._kind = type("Visitor", (_Counted, LMTP if place.is_lmtp else SMTP), {})
        self.count = 0

    def __call__(self) -> SMTP:
        options: dict[str, Any] = {"data_size_limit": LARGEST, "timeout": TIMEOUT, "ident": "Askwell"}
        visitor = self._kind(self._door, enable_SMTPUTF8=True, **options)
        visitor.visitors = self
        return visitor  # type: ignore[no-any-return]  # aiosmtpd is untyped


class _Counted:
    """A connection that counts itself."""

    line_length_limit = 100_000  # RFC 5322 allows 998; those who bounce do not all keep to it
    visitors: Visitors

    def connection_made(self, transport: Any) -> None:
        self.visitors.count += 1
        super().connection_made(transport)  # type: ignore[misc]  # of SMTP, which it is mixed into
        if self.visitors.count > MOST_CONNECTIONS:
            transport.write(b"421 4.3.2 too many connections\r\n")
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.visitors.count -= 1
        super().connection_lost(error)  # type: ignore[misc]


def listen(house: House, place: Place) -> None:
    """Take mail until the process is told to stop; raises SettingsError where that cannot begin."""
    if not house.settings.inbound.bounce_domain:
        raise SettingsError("BOUNCE_DOMAIN is not set; without it no letter has an address that mail could come to.")
    asyncio.run(_serve(house, place))


async def _serve(house: House, place: Place) -> None:
    door, loop, is_over = Door(house), asyncio.get_running_loop(), asyncio.Event()
    try:
        server = await loop.create_server(Visitors(door, place), place.host, place.port, backlog=512)
    except OSError:
        raise SettingsError(f"Port {place.port} of {place.host} cannot be listened on.") from None
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, is_over.set)
    log.info("inbound listens on %s:%s", place.host, place.port)
    async with server:
        await is_over.wait()
    door.close()
