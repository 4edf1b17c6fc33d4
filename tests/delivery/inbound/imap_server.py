"""A mailbox for tests that speaks as much IMAP as is needed to read it (RFC 3501)."""

import re
import socket
from contextlib import suppress
from dataclasses import dataclass, field

from tests.delivery.servers import Listening


@dataclass
class Post:
    raw: bytes
    flags: set[str] = field(default_factory=set)


class Mailbox(Listening):
    """Holds INBOX and whatever folders mails are copied to."""

    def __init__(self, *mails: bytes, password: str = "secret") -> None:
        super().__init__()
        self.inbox = {number: Post(mail) for number, mail in enumerate(mails, 1)}
        self.folders: dict[str, list[bytes]] = {}
        self.logins: list[str] = []
        self._password = password

    @property
    def unseen(self) -> list[int]:
        return [number for number, post in self.inbox.items() if r"\Seen" not in post.flags]

    def _accept(self, listener: socket.socket) -> None:
        while not self.is_over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError, EOFError), connection.makefile("rwb") as stream:
                stream.write(b"* OK ready\r\n")
                stream.flush()
                while line := stream.readline().decode().strip():
                    tag, _, command = line.partition(" ")
                    stream.write(self._answer(command) + f"{tag} {self._word(command)} done\r\n".encode())
                    stream.flush()

    def _word(self, command: str) -> str:
        if command.startswith("LOGIN"):
            self.logins.append(command)
            return "OK" if command.endswith(f'"{self._password}"') else "NO"
        return "OK" if re.match(r"CAPABILITY|SELECT \"INBOX\"|UID|LOGOUT", command) else "BAD"

    def _answer(self, command: str) -> bytes:
        verb, _, rest = command.removeprefix("UID ").partition(" ")
        number, _, more = rest.partition(" ")
        post = self.inbox.get(int(number)) if number.isdigit() else None
        if verb == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if verb == "SEARCH":
            return f"* SEARCH {' '.join(map(str, self.unseen))}\r\n".encode()
        if verb == "FETCH" and post:
            size = len(post.raw)
            if "SIZE" in more:
                return f"* {number} FETCH (UID {number} RFC822.SIZE {size})\r\n".encode()
            return f"* {number} FETCH (UID {number} BODY[] {{{size}}}\r\n".encode() + post.raw + b")\r\n"
        if verb == "STORE" and post:
            post.flags |= set(re.findall(r"\\\w+", more))
        if verb == "COPY" and post:
            self.folders.setdefault(more.strip('"'), []).append(post.raw)
        if verb == "EXPUNGE" and post:
            del self.inbox[int(number)]
        return b""
