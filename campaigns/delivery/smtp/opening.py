"""A conversation opens with a greeting, encryption where it is due and a sign-in, or no letter is begun.

Nothing here touches a socket: replies go in, commands come out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from campaigns.delivery.server import Server, StartTls
from campaigns.delivery.smtp.replies import Reply, numbers
from campaigns.delivery.smtp.signing_in import SigningIn
from campaigns.errors import ServerUnavailable

READY, CLOSING = 220, 421


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What a server says it can do; one that only knows HELO can do nothing."""

    pipelining: bool = False
    starttls: bool = False
    utf8: bool = False
    eight_bit: bool = False
    size: bool = False  # whether it wants to know sizes beforehand
    largest: int = 0  # bytes it takes; 0: it does not say
    ways_in: frozenset[str] = frozenset()

    @classmethod
    def read(cls, text: bytes) -> "Offers":
        lines = [line.upper().decode("ascii", "replace").replace("=", " ").split() for line in text.split(b"\n")[1:]]
        known = {words[0]: words[1:] for words in lines if words}
        largest = "".join(known.get("SIZE", [])[:1])
        return cls(
            pipelining="PIPELINING" in known,
            starttls="STARTTLS" in known,
            utf8="SMTPUTF8" in known,
            eight_bit="8BITMIME" in known,
            size="SIZE" in known,
            largest=int(largest) if largest.isdecimal() else 0,
            ways_in=frozenset(way for words in lines if words[:1] == ["AUTH"] for way in words[1:]),
        )


class Opening:
    """Raises ServerUnavailable as soon as it is clear that no letter can be handed over."""

    def __init__(self, server: Server, name: str) -> None:
        self._server = server
        self._name = name.encode("ascii", "ignore")
        self._is_encrypted = server.is_tls
        self._hear: Callable[[Reply], bytes] = self._on_greeting
        self._known = Offers()
        self.wants_tls = False  # the server waits for our first encrypted byte
        self.offers: Offers | None = None  # once letters may be handed over

    def hear(self, reply: Reply) -> bytes:
        """Return what to say next; nothing where it is not our turn any more."""
        return self._hear(reply)

    def secured(self) -> bytes:
        """Begin anew over TLS: what was said before it, anybody may have said."""
        self.wants_tls, self._is_encrypted = False, True
        return self._introduce()

    def _introduce(self) -> bytes:
        self._hear = self._on_ehlo
        return b"EHLO " + self._name + b"\r\n"

    def _on_greeting(self, reply: Reply) -> bytes:
        if reply[0] != READY:
            raise _refused(reply)
        return self._introduce()

    def _on_ehlo(self, reply: Reply) -> bytes:
        if reply[0] // 100 == 2:
            return self._choose(Offers.read(reply[1]))
        if reply[0] // 100 not in {4, 5} or reply[0] == CLOSING:
            raise _refused(reply)
        self._hear = self._on_helo
        return b"HELO " + self._name + b"\r\n"

    def _on_helo(self, reply: Reply) -> bytes:
        if reply[0] // 100 != 2:
            raise _refused(reply)
        return self._choose(Offers())

    def _choose(self, known: Offers) -> bytes:
        self._known = known
        if not self._is_encrypted and self._server.starttls is not StartTls.NEVER:
            if known.starttls:
                self._hear = self._on_starttls
                return b"STARTTLS\r\n"
            if self._server.needs_tls:
                raise ServerUnavailable("The server offers no encryption, and SMTP_URL asks for it.")
        if self._server.user:
            signing_in = SigningIn(self._server, known.ways_in)
            self._hear = partial(self._on_auth, signing_in)
            return signing_in.begin()
        self.offers = known
        return b""

    def _on_starttls(self, reply: Reply) -> bytes:
        if reply[0] != READY:
            raise _refused(reply)
        self.wants_tls = True
        return b""

    def _on_auth(self, signing_in: SigningIn, reply: Reply) -> bytes:
        line = signing_in.hear(reply)
        if not line:
            self.offers = self._known
        return line


def _refused(reply: Reply) -> ServerUnavailable:
    said = numbers(reply)
    return ServerUnavailable(code=said.code, status=said.status)
