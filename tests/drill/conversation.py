"""One client of the audit server, from its greeting to its goodbye or to the end somebody makes of it."""

import random
import time
from pathlib import Path
from typing import Any, Protocol

from tests.drill.mischief import Mischief
from tests.drill.wire import Gone, Wire

MISFORTUNES = (ConnectionError, TimeoutError, EOFError)


class House(Protocol):
    """What a conversation needs of its server."""

    mischief: Mischief
    keep: Path | None

    def write_down(self, **event: Any) -> None: ...

    def wait_for_turn(self) -> None: ...


class Conversation:
    def __init__(self, server: House, wire: Wire, number: int) -> None:
        self._server = server
        self._wire = wire
        self._number = number
        self._opened_at = time.time()
        self._recipient = ""
        self._mail_at = 0.0
        self._in_letter = False

    def _happens(self, share: float) -> bool:
        return random.random() < share

    def hold(self) -> None:
        try:
            if self._is_welcome():
                while self._answer(self._wire.line()):
                    pass
        except Gone:
            pass
        except MISFORTUNES:
            self._server.write_down(event="broken", opened_at=self._opened_at, at=time.time())
        if self._wire.leave(self._in_letter):  # the dot was on its way when we hung up
            self._server.write_down(event="unsaid", at=time.time())

    def _is_welcome(self) -> bool:
        limit = self._server.mischief.most_connections
        if limit and self._number > limit:
            self._wire.say("421 4.7.0 Too many connections")
            return False
        self._say("220 audit ESMTP")
        return True

    def _answer(self, line: bytes) -> bool:
        """Answer one command; False where that ends the conversation."""
        verb = line[:4].upper()
        if verb == b"QUIT":
            self._say("221 2.0.0 bye")
            return False
        if self._happens(self._server.mischief.goodbye):
            self._say("421 4.3.2 Shutting down")
            return False
        if verb == b"DATA":
            return self._take()
        self._say(self._reply_to(verb, line))
        return True

    def _reply_to(self, verb: bytes, line: bytes) -> str:
        if verb == b"EHLO":
            offers = ["audit", "8BITMIME", "SMTPUTF8", "SIZE 50000000", "ENHANCEDSTATUSCODES"]
            offers += ["PIPELINING"] if self._server.mischief.pipelining else []
            return "\r\n".join([*(f"250-{each}" for each in offers[:-1]), f"250 {offers[-1]}"])
        if verb == b"MAIL":
            self._mail_at, self._recipient = self._wire.arrived_at, ""
        elif verb == b"RCPT":
            if self._happens(self._server.mischief.rcpt_later):
                return "451 4.7.1 Later"
            self._recipient = line.partition(b"<")[2].partition(b">")[0].decode(errors="replace")
        elif verb == b"RSET":
            self._recipient = ""
        return "250 2.0.0 fine"

    def _take(self) -> bool:
        mischief = self._server.mischief
        if not self._recipient:
            self._say("503 5.5.1 To whom?")
            return True
        self._in_letter = True
        self._say("354 go ahead")
        if self._happens(mischief.drop_before_dot):
            self._wire.something()
            return False
        head, letter = self._wire.head_of_letter()
        dot_at, self._in_letter = self._wire.arrived_at, False
        self._server.wait_for_turn()
        return self._judge(head, letter, dot_at)

    def _judge(self, head: bytes, letter: bytes, dot_at: float) -> bool:
        mischief = self._server.mischief
        recipient, self._recipient = self._recipient, ""
        if mischief.down:
            self._server.write_down(event="unsaid", at=time.time())
            return False
        if self._happens(mischief.goodbye):
            self._say("421 4.3.2 Shutting down")
            return False
        if self._happens(mischief.dot_later):
            self._say("451 4.3.0 Later")
            return True
        is_said = not self._happens(mischief.drop_after_dot)
        self._keep(recipient, letter)
        self._server.write_down(
            event="taken", to=recipient, said=is_said, mail_at=self._mail_at, dot_at=dot_at, **_about(head)
        )
        if not is_said:
            self._server.write_down(event="unsaid", at=time.time())
            return False
        self._say("250 2.0.0 taken")
        return not self._happens(mischief.drop_after_reply)

    def _keep(self, recipient: str, letter: bytes) -> None:
        if self._server.keep:
            (self._server.keep / f"{time.time_ns()}.{recipient}.eml").write_bytes(letter.replace(b"\r\n..", b"\r\n."))

    def _say(self, text: str) -> None:
        if self._happens(self._server.mischief.slow):
            time.sleep(random.uniform(0, self._server.mischief.slow_seconds))
        self._wire.say(text)


def _about(head: bytes) -> dict[str, str]:
    """Tell which letter it is: a reminder answers its invitation."""
    named: dict[str, str] = {}
    for line in head.decode(errors="replace").split("\r\n"):
        name, colon, value = line.partition(": ")
        named |= {name.lower(): value} if colon else {}
    return {"id": named.get("message-id", ""), "kind": "reminder" if "in-reply-to" in named else "invitation"}
