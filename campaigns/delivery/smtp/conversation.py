"""One letter after another in one conversation; each refusal is laid to the letter it is about.

Nothing here touches a socket: replies go in, commands come out. Where the server takes commands in
groups (RFC 2920), the next letter's envelope goes right behind the dot of the one before.
"""

from collections import deque
from collections.abc import Callable

from campaigns.delivery.smtp.opening import CLOSING, Offers
from campaigns.delivery.smtp.parcel import Fate, Parcel
from campaigns.delivery.smtp.replies import Reply, numbers
from campaigns.delivery.wire import Accepted, envelope_of
from campaigns.errors import NeverDeliverable

GO_AHEAD, TOO_BIG = 354, 552
NOT_WITHOUT = frozenset({530, 538})  # sign in, or encrypt, first: no letter could help that
RSET, DATA, DOT, QUIT = b"RSET\r\n", b"DATA\r\n", b".\r\n", b"QUIT\r\n"

Verdict = tuple[Parcel, Fate, Accepted | None]
Refusal = tuple[Fate, Accepted]


class Conversation:
    """At most two letters are under way: one whose dot has left, and the next one, whose dot has not."""

    def __init__(self, offers: Offers) -> None:
        self.offers = offers
        self.dotted: Parcel | None = None
        self.letter: Parcel | None = None  # named to the server, not yet dotted
        self.may_write = False  # the server waits for the letter's body
        self.verdicts: list[Verdict] = []
        self.parting: Accepted | None = None  # the reply after which nothing more is to be said
        self.is_over = False
        self.count = 0  # of letters begun
        self.answered = 0  # of letters the server said yes or no to
        self._refusal: Refusal | None = None
        self._has_recipient = False
        self._must_reset = False
        self._awaited: deque[Callable[[Reply], None]] = deque()
        self._group = (self._on_mail, self._on_rcpt, self._on_data)
        self._unsaid: deque[bytes] = deque()  # commands for a server that takes one at a time

    @property
    def is_idle(self) -> bool:
        return self.letter is None and not self._awaited and not self.is_over

    def envelope(self, parcel: Parcel) -> bytes:
        """Return the commands that name a letter; raises NeverDeliverable where this server could never take it."""
        offers = self.offers
        named = envelope_of(parcel, offers.utf8)
        options = f" SIZE={len(parcel.data)}" if offers.size else ""
        if offers.largest and len(parcel.data) > offers.largest:
            raise NeverDeliverable("The letter is larger than the server takes.", code=TOO_BIG, status="5.3.4")
        if named.needs_utf8:
            options += " BODY=8BITMIME SMTPUTF8" if offers.eight_bit else " SMTPUTF8"
        return f"MAIL FROM:<{named.sender}>{options}\r\nRCPT TO:<{named.recipient}>\r\n".encode()

    def begin(self, parcel: Parcel, envelope: bytes) -> bytes:
        """Return what to say to begin this letter."""
        self.letter, self._refusal, self._has_recipient = parcel, None, False
        self.count += 1
        if self._must_reset:
            self._must_reset = False
            self._awaited.append(self._on_rset)
            envelope = RSET + envelope
        self._awaited.extend(self._group)
        if self.offers.pipelining:
            return envelope + DATA
        self._unsaid.extend((envelope + DATA).splitlines(keepends=True))
        return self._unsaid.popleft()

    def dot(self) -> bytes:
        """Return the end of a letter that is written; from here on it may be taken."""
        self.dotted, self.letter, self.may_write = self.letter, None, False
        self._awaited.append(self._on_dot)
        return DOT

    def leave(self) -> bytes:
        self._awaited.append(self._on_quit)
        return QUIT

    def hear(self, reply: Reply) -> bytes:
        """Understand a reply; returns what to say next."""
        if self.is_over:
            return b""
        if not self._awaited:  # a word nobody asked for is a goodbye
            self._part(reply)
            return b""
        self._awaited.popleft()(reply)
        return self._unsaid.popleft() if self._unsaid else b""

    def end(self) -> None:
        """The connection is gone: what was begun is settled by what is known."""
        self.is_over = True
        if self.dotted is not None:
            self._settle(self.dotted, Fate.DOUBT, self.parting)
            self.dotted = None
        if self.letter is not None:
            self._settle(self.letter, *(self._refusal or (Fate.UNSERVED, self.parting)))
            self.letter = None

    def _on_rset(self, reply: Reply) -> None:
        if reply[0] // 100 != 2:
            self._part(reply)

    def _on_mail(self, reply: Reply) -> None:
        if reply[0] // 100 != 2:
            if reply[0] in NOT_WITHOUT:
                self._part(reply)
            else:
                self._refuse(reply, Fate.NEVER if reply[0] == TOO_BIG else Fate.SENDER_REFUSED)

    def _on_rcpt(self, reply: Reply) -> None:
        if reply[0] // 100 == 2:
            self._has_recipient = True
        else:
            self._refuse(reply)

    def _on_data(self, reply: Reply) -> None:
        if reply[0] == GO_AHEAD and self._refusal is None:
            self.may_write = True
        elif reply[0] != GO_AHEAD:
            self._refuse(reply)
            self._give_up()
        elif self._has_recipient:
            self._part(reply)  # the sender was refused: a dot might deliver an empty letter
        else:
            self._unsaid.append(DOT)
            self._awaited.append(self._on_void)
            self._give_up()

    def _on_void(self, reply: Reply) -> None:
        """The dot of a letter to nobody; whatever is said of it concerns nobody."""
        if reply[0] == CLOSING or reply[0] // 100 not in {2, 4, 5}:
            self._part(reply)

    def _on_dot(self, reply: Reply) -> None:
        letter, kind = self.dotted, reply[0] // 100
        if letter is None or kind not in {2, 4, 5}:
            self._part(reply)
            return
        self.dotted = None
        self.answered += 1
        self.verdicts.append((letter, _FATES[kind], numbers(reply)))
        if reply[0] == CLOSING:
            self._part(reply)

    def _on_quit(self, _: Reply) -> None:
        self.is_over = True

    def _refuse(self, reply: Reply, never: Fate = Fate.NEVER) -> None:
        """Keep the first refusal of a letter; a reply that is none, or a goodbye, ends the conversation."""
        if reply[0] // 100 not in {4, 5} or reply[0] == CLOSING:
            self._part(reply)
            return
        self._refusal = self._refusal or (never if reply[0] // 100 == 5 else Fate.LATER, numbers(reply))
        if self._unsaid:  # one command at a time: the rest need not be said
            for _ in range(len(self._unsaid)):
                self._awaited.pop()
            self._unsaid.clear()
            self._give_up()

    def _give_up(self) -> None:
        if self.letter is not None and self._refusal is not None:
            self.answered += 1
            self._settle(self.letter, *self._refusal)
            self.letter = None
            self._must_reset = True

    def _settle(self, parcel: Parcel, fate: Fate, reply: Accepted | None) -> None:
        self.verdicts.append((parcel, fate, reply))

    def _part(self, reply: Reply) -> None:
        self.parting = numbers(reply)
        self.is_over = True


_FATES = {2: Fate.TAKEN, 4: Fate.LATER, 5: Fate.NEVER}
