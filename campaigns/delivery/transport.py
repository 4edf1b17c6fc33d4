"""A letter leaves over one reused SMTP connection, and whether the server has it is never guessed.

Until the final dot nothing was sent, a reply to it decides, and without one the letter is in doubt.
"""

import select
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from campaigns.composition.letter import Letter
from campaigns.delivery.server import Server, StartTls
from campaigns.delivery.wire import Accepted, body_of, envelope_of, in_numbers
from campaigns.errors import (
    DeliveryError,
    InDoubt,
    NeverDeliverable,
    SenderRefused,
    ServerUnavailable,
    TryLater,
    Withdrawn,
)

LETTERS_EACH = 100  # on one connection; servers tire of longer ones
PATIENCE = 30.0  # seconds, for a connection and for the reply to a command
PATIENCE_WITH_A_LETTER = 90.0  # seconds, for the reply to the final dot: many servers look at letters first
PATIENCE_AT_THE_END = 5.0  # seconds, for a goodbye
GO_AHEAD, CLOSING = 354, 421
NOT_WITHOUT = frozenset({530, 538})  # sign in, or encrypt, first: no letter could help that


class Transport(Protocol):
    def send(self, letter: Letter, may_leave: Callable[[], bool]) -> Accepted:
        """Hand over a letter unless `may_leave`, asked last, says no; raises any kind of DeliveryError."""
        ...


class SmtpTransport:
    """Connects when the first letter needs it, and again after a server has hung up."""

    def __init__(self, server: Server, name: str = "", letters_each: int = LETTERS_EACH) -> None:
        self._server = server
        self._name = name if "." in name and not name.replace(".", "").isdigit() else "[127.0.0.1]"
        self._letters_each = letters_each
        self._letters = 0
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._hang_up(politely=kind is None)

    def send(self, letter: Letter, may_leave: Callable[[], bool]) -> Accepted:
        body = body_of(letter)
        try:
            self._begin(letter)
            if not may_leave():
                self._reset()
                raise Withdrawn
            self._hand_over(body)
            return self._finish()
        except BaseException as error:
            if not isinstance(error, DeliveryError):
                self._hang_up(politely=False)  # in mid-letter; the next one begins a fresh conversation
            raise

    def _begin(self, letter: Letter) -> None:
        """Name sender and recipient; a connection that died since the last letter is replaced once."""
        if self._letters >= self._letters_each:
            self._hang_up()
        was_open = self._connection is not None
        try:
            self._name_both(letter)
        except TryLater:
            if not was_open or self._connection is not None:
                raise
            self._name_both(letter)

    def _name_both(self, letter: Letter) -> None:
        connection = self._connection = self._connection or _converse(self._server, self._name)
        self._letters += 1
        envelope = envelope_of(letter, connection.has_extn("smtputf8"))
        connection.command_encoding = "utf-8" if envelope.needs_utf8 else "ascii"
        options = " BODY=8BITMIME SMTPUTF8" if envelope.needs_utf8 else ""
        reply = self._ask(f"MAIL FROM:<{envelope.sender}>{options}")
        if reply.code in NOT_WITHOUT:
            self._hang_up()
            raise ServerUnavailable("The server wants a password or encryption.", code=reply.code, status=reply.status)
        self._expect(2, reply, SenderRefused)
        self._expect(2, self._ask(f"RCPT TO:<{envelope.recipient}>"))

    def _hand_over(self, body: bytes) -> None:
        """Send all of a letter but its final dot: a server that has heard no dot has no letter."""
        self._expect(3, self._ask("DATA"))
        sock = self._socket()
        sock.settimeout(PATIENCE_WITH_A_LETTER)
        try:
            sock.sendall(body)
            spoke = bool(select.select([sock], [], [], 0)[0])  # a word before the dot is a goodbye
        except OSError:
            spoke = True
        if spoke:
            self._hang_up(politely=False)
            raise TryLater("The connection broke before the letter was complete.")

    def _finish(self) -> Accepted:
        """Send the final dot; from here on only a clear reply tells what became of the letter."""
        try:
            self._socket().sendall(b".\r\n")
            reply = in_numbers(*self._line().getreply())
            self._socket().settimeout(PATIENCE)
        except OSError:
            self._hang_up(politely=False)
            raise InDoubt from None
        if reply.code // 100 not in {2, 4, 5}:
            self._hang_up(politely=False)
            raise InDoubt(code=reply.code)
        self._expect(2, reply)
        return reply

    def _ask(self, command: str) -> Accepted:
        """Give one command and return the reply; without one, the connection is closed."""
        try:
            return in_numbers(*self._line().docmd(command))
        except OSError:
            self._hang_up(politely=False)
            raise TryLater("The connection broke before the letter was begun.") from None

    def _expect(self, kind: int, reply: Accepted, refusal: type[NeverDeliverable] = NeverDeliverable) -> None:
        """Go on only after a reply of this kind, its first digit; all else leaves the letter with us."""
        if reply.code // 100 == kind:
            return
        if reply.code // 100 not in {4, 5} or reply.code == CLOSING:
            self._hang_up(politely=False)
        else:
            self._reset()
        error = refusal if reply.code // 100 == 5 else TryLater
        raise error(code=reply.code, status=reply.status)

    def _reset(self) -> None:
        with suppress(TryLater):
            if self._ask("RSET").code // 100 != 2:
                self._hang_up(politely=False)

    def _line(self) -> smtplib.SMTP:
        if self._connection is None:
            raise smtplib.SMTPServerDisconnected
        return self._connection

    def _socket(self) -> socket.socket:
        if (sock := self._line().sock) is None:
            raise smtplib.SMTPServerDisconnected
        return sock

    def _hang_up(self, politely: bool = True) -> None:
        connection, self._connection, self._letters = self._connection, None, 0
        if connection is None:
            return
        with suppress(OSError):
            if politely and connection.sock is not None:
                connection.sock.settimeout(PATIENCE_AT_THE_END)
                connection.docmd("QUIT")
        connection.close()


def _converse(server: Server, name: str) -> smtplib.SMTP:
    """Connect, encrypt and sign in; what fails here is no letter's fault. Raises ServerUnavailable."""
    context = ssl.create_default_context()
    dial: Callable[..., smtplib.SMTP] = partial(smtplib.SMTP_SSL, context=context) if server.is_tls else smtplib.SMTP
    try:
        with ExitStack() as on_failure:
            connection = on_failure.enter_context(closing(dial(server.host, server.port, name, timeout=PATIENCE)))
            _introduce(connection, server, context)
            on_failure.pop_all()
            return connection
    except smtplib.SMTPResponseException as error:
        raise ServerUnavailable(code=error.smtp_code) from None
    except (OSError, ValueError) as error:
        raise ServerUnavailable(f"The mail server could not be used: {type(error).__name__}.") from None


def _introduce(connection: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    if connection.sock is not None:  # over TLS, Nagle's algorithm makes a letter's second record wait 40 ms
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.ehlo_or_helo_if_needed()
    if not server.is_tls and server.starttls is not StartTls.NEVER:
        if connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo_or_helo_if_needed()
        elif server.needs_tls:
            raise ServerUnavailable("The server offers no encryption, and SMTP_URL asks for it.")
    if server.user:
        connection.login(server.user, server.password)
