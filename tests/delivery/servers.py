"""Mail servers for the tests: one that takes letters, one that follows a script, one letter to send."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from campaigns.composition.letter import Letter
from campaigns.delivery.server import Server

Replies = dict[str, str]


def a_letter(number: int = 1, to: str = "ana@example.com", body: bytes = b"Hello\r\n") -> Letter:
    head = f"Message-ID: <{number}@harbour.example>\r\nTo: ana\r\nSubject: Hi\r\n\r\n".encode()
    return Letter(
        sender="hello@harbour.example",
        recipient=to,
        message_id_header=f"<{number}@harbour.example>",
        subject="Hi",
        html="",
        text="Hello",
        data=head + body,
    )


@dataclass
class Sink:
    """Takes every letter, unless it was told what to say instead."""

    rcpt: str = ""
    data: str = ""
    letters: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    peers: set[Any] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.peers.add(session.peer)
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.data:
            return self.data
        assert isinstance(envelope.content, bytes)
        self.letters.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        return "250 2.0.0 taken"

    @property
    def message_ids(self) -> list[str]:
        lines = [line for letter in self.letters for line in letter.split(b"\r\n\r\n")[0].split(b"\r\n")]
        return [line.decode().partition(": ")[2] for line in lines if line.lower().startswith(b"message-id:")]


@contextmanager
def serving(handler: object, **options: Any) -> Iterator[Server]:
    """Run a real server and yield where it is."""
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield Server(host="127.0.0.1", port=port)
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


DROP, HANG = "DROP", "HANG"


class Script:
    """A server that answers each verb as it is told; DROP hangs up, HANG says nothing.

    Verbs are GREETING, EHLO, MAIL, RCPT, DATA, BODY, DOT, RSET and QUIT; a list is used up one by one.
    """

    def __init__(self, **replies: str | list[str]) -> None:
        self._replies = {verb: [reply] if isinstance(reply, str) else list(reply) for verb, reply in replies.items()}
        self.heard: list[str] = []
        self.connections = 0
        self._is_over = threading.Event()

    def reply(self, verb: str, default: str) -> str:
        waiting = self._replies.get(verb, [])
        if len(waiting) > 1:
            return waiting.pop(0)
        return waiting[0] if waiting else default

    @contextmanager
    def serving(self) -> Iterator[Server]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=self._accept, args=(listener,), daemon=True)
            thread.start()
            try:
                yield Server(host="127.0.0.1", port=listener.getsockname()[1])
            finally:
                self._is_over.set()
                listener.shutdown(socket.SHUT_RDWR)
                thread.join()

    def _accept(self, listener: socket.socket) -> None:
        while not self._is_over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection, suppress(OSError, EOFError):
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        defaults = {"EHLO": "250 fine", "DATA": "354 go ahead", "QUIT": "221 bye"}
        with connection.makefile("rb") as lines:
            self._say(connection, "GREETING", "220 ready")
            while line := lines.readline():
                verb = line[:4].upper().decode().strip()
                self.heard.append(verb)
                said = self._say(connection, verb, defaults.get(verb, "250 fine"))
                if said.startswith("354"):
                    self._take(connection, lines)
                    self.heard.append("DOT")
                    self._say(connection, "DOT", "250 2.0.0 taken")

    def _take(self, connection: socket.socket, lines: Any) -> None:
        if self.reply("BODY", ""):
            lines.readline()
            self._say(connection, "BODY", "")
            raise EOFError
        while (line := lines.readline()) != b".\r\n":
            if not line:
                raise EOFError

    def _say(self, connection: socket.socket, verb: str, default: str) -> str:
        reply = self.reply(verb, default)
        if reply == DROP:
            raise EOFError
        if reply == HANG:
            self._is_over.wait(10)
            raise EOFError
        connection.sendall(reply.encode() + b"\r\n")
        return reply


def yes() -> bool:
    return True


def counting(answer: bool = True) -> tuple[list[bool], Callable[[], bool]]:
    asked: list[bool] = []

    def may_leave() -> bool:
        asked.append(answer)
        return answer

    return asked, may_leave
