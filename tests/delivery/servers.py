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


DROP, HANG, HALF = "DROP", "HANG", "HALF"


class Listening:
    """Serves on a port of its own, in a thread, until the test is over."""

    window = 0  # bytes the kernel takes that nobody has read; 0 leaves it to the kernel

    def __init__(self) -> None:
        self.is_over = threading.Event()

    @contextmanager
    def serving(self) -> Iterator[Server]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            if self.window:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.window)
            thread = threading.Thread(target=self._accept, args=(listener,), daemon=True)
            thread.start()
            try:
                yield Server(host="127.0.0.1", port=listener.getsockname()[1])
            finally:
                self.is_over.set()
                listener.shutdown(socket.SHUT_RDWR)
                thread.join()

    def _accept(self, listener: socket.socket) -> None:
        raise NotImplementedError


class Script(Listening):
    """A server that answers each verb as it is told; DROP hangs up, HANG says nothing.

    Verbs are GREETING, EHLO, MAIL, RCPT, DATA, BODY, DOT, RSET and QUIT; a list is used up one by one.
    """

    def __init__(self, **replies: str | list[str]) -> None:
        self._replies = {verb: [reply] if isinstance(reply, str) else list(reply) for verb, reply in replies.items()}
        self.heard: list[str] = []
        self.connections = 0
        super().__init__()

    def reply(self, verb: str, default: str) -> str:
        waiting = self._replies.get(verb, [])
        if len(waiting) > 1:
            return waiting.pop(0)
        return waiting[0] if waiting else default

    def _accept(self, listener: socket.socket) -> None:
        while not self.is_over.is_set():
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
            self.is_over.wait(10)
            raise EOFError
        connection.sendall(reply.encode() + b"\r\n")
        return reply


class Play(Listening):
    """A server of many connections that tells what it heard.

    DROP hangs up, after saying what stands before it; HALF does so in mid-reply, HANG says nothing.
    Verbs are those of Script, and each letter's dot is kept with what was answered to it. `at_once`
    answers a group of commands in one packet, `in_bytes` sends every byte in its own.
    """

    def __init__(
        self, *offers: str, at_once: Any = False, in_bytes: Any = False, pause: Any = 0.0, **replies: Any
    ) -> None:
        lines = ["fine", *offers]
        self._ehlo = "\r\n".join(f"250{'-' if line is not lines[-1] else ' '}{line}" for line in lines)
        self._replies: dict[str, Any] = replies
        self.at_once, self.in_bytes, self.pause = at_once, in_bytes, pause
        self.heard: list[str] = []
        self.commands: list[str] = []
        self.dots: list[tuple[str, str]] = []
        self.letters: list[bytes] = []
        self.on_dot: Callable[[str], object] = lambda _: None  # asked with the recipient, before the answer
        self.connections = self.most_open = 0
        self._there: set[socket.socket] = set()
        super().__init__()
        self._lock = threading.Lock()

    def reply(self, verb: str, default: str) -> str:
        """Return what is next to say; a function is asked how many connections are open."""
        told = self._replies.get(verb, default)
        with self._lock:
            if callable(told):
                return str(told(self.open)) or default
            if isinstance(told, list):
                return str(told.pop(0) if len(told) > 1 else told[0])
        return str(told)

    @property
    def open(self) -> int:
        return len(self._there)

    @property
    def ehlo(self) -> str:
        return self._ehlo

    def _accept(self, listener: socket.socket) -> None:
        actors = []
        while not self.is_over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                break
            actors.append(threading.Thread(target=self._act, args=(connection,), daemon=True))
            actors[-1].start()
        for actor in actors:
            actor.join(5)

    def _act(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            self._there.add(connection)
            self.most_open = max(self.most_open, self.open)
        try:
            with connection, suppress(OSError, EOFError):
                connection.settimeout(0.05)
                Actor(self, connection).talk()
        finally:
            self.leave(connection)

    def leave(self, connection: socket.socket) -> None:
        """Count a connection out, once: when it says goodbye, before it hears ours and opens another."""
        with self._lock:
            self._there.discard(connection)


class Actor:
    """One connection of a Play."""

    def __init__(self, play: Play, connection: socket.socket) -> None:
        self._play = play
        self._connection = connection
        self._come = bytearray()
        self._unsaid = b""

    def talk(self) -> None:
        play, recipient = self._play, ""
        defaults = {"EHLO": play.ehlo, "DATA": "354 go ahead", "QUIT": "221 bye"}
        self._say("GREETING", "220 ready")
        while True:
            line = self._line().decode("utf-8", "replace")
            verb = line[:4].upper().strip()
            play.heard.append(verb)
            play.commands.append(line.rstrip())
            if verb == "QUIT":
                play.leave(self._connection)
            recipient = line.partition("<")[2].partition(">")[0] if verb == "RCPT" else recipient
            if self._say(verb, defaults.get(verb, "250 2.1.0 fine")).startswith("354"):
                self._take(recipient)

    def _take(self, recipient: str) -> None:
        if self._play.reply("BODY", ""):
            self._line()
            self._say("BODY", "")
            raise EOFError
        self._come[:0] = b"\r\n"  # so that a lone dot is an end too
        body = self._until(b"\r\n.\r\n").removesuffix(b".\r\n").removeprefix(b"\r\n")
        self._play.heard.append("DOT")
        self._play.on_dot(recipient)
        self._play.letters.append(body)
        said = self._play.reply("DOT", "250 2.0.0 taken")
        self._play.dots.append((recipient, said))
        self._utter(said)

    def _line(self) -> bytes:
        return self._until(b"\n")

    def _until(self, mark: bytes) -> bytes:
        """Return what comes up to and with a mark; what has been said by then is sent."""
        while (end := self._come.find(mark)) < 0:
            self._flush()
            try:
                data = self._connection.recv(2**20)
            except TimeoutError:
                if self._play.is_over.is_set():
                    raise EOFError from None
                continue
            if not data:
                raise EOFError
            self._come += data
        come = bytes(self._come[: end + len(mark)])
        del self._come[: end + len(mark)]
        return come

    def _say(self, verb: str, default: str) -> str:
        reply = self._play.reply(verb, default)
        self._utter(reply)
        return reply

    def _utter(self, reply: str) -> None:
        if reply.endswith(DROP):
            last = reply.removesuffix(DROP).strip()
            self._unsaid += f"{last}\r\n".encode() if last else b""
            self._flush()
            raise EOFError
        if reply == HANG:
            self._flush()
            self._play.is_over.wait(10)
            raise EOFError
        if reply == HALF:
            self._unsaid += b"25"
            self._flush()
            raise EOFError
        self._unsaid += reply.encode() + b"\r\n"
        if not self._play.at_once:
            self._flush()

    def _flush(self) -> None:
        said, self._unsaid = self._unsaid, b""
        if said and self._play.pause:
            self._play.is_over.wait(self._play.pause)
        pieces = [bytes([byte]) for byte in said] if self._play.in_bytes else [said]
        for piece in pieces:
            self._connection.sendall(piece)


def yes() -> bool:
    return True


def counting(answer: bool = True) -> tuple[list[bool], Callable[[], bool]]:
    asked: list[bool] = []

    def may_leave() -> bool:
        asked.append(answer)
        return answer

    return asked, may_leave
