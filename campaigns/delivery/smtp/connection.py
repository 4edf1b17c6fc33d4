"""One connection to a server, from the first knock to the goodbye, that gives up in time."""

import selectors
import ssl
from collections.abc import Callable
from enum import StrEnum

from campaigns.delivery.smtp.arrival import Arrival
from campaigns.delivery.smtp.conversation import NOT_WITHOUT, Conversation
from campaigns.delivery.smtp.habits import Habits
from campaigns.delivery.smtp.lane import Lane
from campaigns.delivery.smtp.line import READ, Address, Line
from campaigns.delivery.smtp.opening import Offers
from campaigns.delivery.smtp.parcel import Parcel
from campaigns.delivery.smtp.replies import Replies
from campaigns.errors import ServerUnavailable

Envelope = tuple[Parcel, bytes]  # a letter, and the commands that name it


class Phase(StrEnum):
    ARRIVING = "arriving"
    OPEN = "open"
    LEAVING = "leaving"
    OVER = "over"


class Connection:
    """Raises nothing: what goes wrong ends it, and is its `trouble`."""

    def __init__(
        self,
        lane: Lane,
        name: str,
        selector: selectors.BaseSelector,
        habits: Habits,
        context: Callable[[], ssl.SSLContext],
    ) -> None:
        self.lane = lane
        self.phase = Phase.ARRIVING
        self.conversation = Conversation(Offers())
        self.was_open = False
        self.trouble: ServerUnavailable | None = None  # why it ended, unless we ended it
        self.born_at = self.deadline = 0.0
        self._habits = habits
        self._line = Line(selector, self)
        self._arrival = Arrival(lane.server, name, self._line, habits, context)
        self._replies = Replies()

    @property
    def is_over(self) -> bool:
        return self.phase is Phase.OVER

    @property
    def is_idle(self) -> bool:
        """Whether a letter could be begun."""
        return self.phase is Phase.OPEN and self.conversation.is_idle

    @property
    def is_written(self) -> bool:
        """Whether the kernel has a letter but for its dot."""
        return self.conversation.may_write and not self._line.rest and self.phase is Phase.OPEN

    def dial(self, addresses: list[Address], now: float) -> None:
        self.born_at = now
        self._arrive(lambda: self._arrival.dial(addresses, now), now)

    def act(self, mask: int, now: float) -> None:
        """Do what the selector says can be done."""
        if self.phase is Phase.ARRIVING:
            self._arrive(lambda: self._arrival.act(now), now)
            return
        try:
            if mask & READ:
                data = self._line.read()
                if data is not None:
                    self._understand(data, now)
            if self._line.rest:
                self._line.flush()
        except OSError as error:
            self.end(_lost(error))

    def begin(self, letter: Envelope, now: float) -> None:
        self.deadline = now + self._habits.patience
        self._say(self.conversation.begin(*letter))

    def dot(self, following: Envelope | None, now: float) -> None:
        """End a letter, and begin the next one in the same packet."""
        data = self.conversation.dot()
        if following is not None:
            data += self.conversation.begin(*following)
        self.deadline = now + self._habits.with_a_letter
        self._say(data)

    def may_go_on(self, now: float) -> bool:
        """Whether another letter may be begun, or the connection has served enough."""
        count = self.conversation.count
        return not count or (count < self._habits.letters_each and now < self.born_at + self._habits.age)

    def is_silent(self) -> bool:
        """Whether the server has said nothing unasked; where it has, it is heard and the connection over."""
        try:
            data = self._line.read()
            if data is None:
                return True
            self._understand(data, self.deadline)
        except OSError as error:
            self.end(_lost(error))
        self.end(self._reason())
        return False

    def leave(self, now: float) -> None:
        """Say goodbye; what is answered does not matter."""
        if self.phase is Phase.OPEN:
            self.phase = Phase.LEAVING
            self.deadline = now + self._habits.at_the_end
            self._say(self.conversation.leave())
        elif self.phase is not Phase.LEAVING:
            self.end()

    def expire(self, now: float) -> None:
        """The deadline has passed."""
        if self.phase is Phase.ARRIVING:
            self._arrive(lambda: self._arrival.expire(now), now)
        elif self.is_idle:
            self.leave(now)
        else:
            self.end(_lost(TimeoutError()))

    def end(self, trouble: ServerUnavailable | None = None) -> None:
        """Close; what was under way is settled by what is known."""
        if self.phase is not Phase.OVER:
            self.trouble = None if self.phase is Phase.LEAVING else trouble
            self.phase = Phase.OVER
            self.conversation.end()
            self._line.close()

    def _arrive(self, step: Callable[[], None], now: float) -> None:
        """Come a step closer to the first letter, or give up."""
        try:
            step()
        except ServerUnavailable as trouble:
            self.end(trouble)
        except (OSError, ValueError) as error:  # ValueError: a host no certificate could name
            self.end(_lost(error))
        self.deadline = self._arrival.deadline
        if self._arrival.offers is not None and not self.is_over:
            self.phase, self.was_open = Phase.OPEN, True
            self.conversation.offers = self._arrival.offers
            self.deadline = now + self._habits.idle
            self.lane.open()

    def _understand(self, data: bytes, now: float) -> None:
        """Hear the replies, answer each, and write the letter the server waits for."""
        if not data:
            self.end(ServerUnavailable("The server hung up."))
            return
        conversation = self.conversation
        replies = self._replies.feed(data)
        for reply in replies:
            if answer := conversation.hear(reply):
                self._say(answer)
        if conversation.is_over:
            self.end(self._reason())
        elif replies:
            if conversation.may_write and conversation.letter is not None:
                self._say(conversation.letter.data)
            self._wait_for_more(now)

    def _wait_for_more(self, now: float) -> None:
        """Give the server its time anew; only whole replies earn it any."""
        habits, conversation = self._habits, self.conversation
        if conversation.dotted is not None or conversation.may_write:
            self.deadline = now + habits.with_a_letter
        else:
            self.deadline = now + (habits.idle if conversation.is_idle else habits.patience)

    def _say(self, data: bytes) -> None:
        try:
            self._line.write(data)
        except OSError as error:
            self.end(_lost(error))

    def _reason(self) -> ServerUnavailable | None:
        parting = self.conversation.parting
        if parting is None:
            return None
        message = "The server wants a password or encryption." if parting.code in NOT_WITHOUT else None
        return ServerUnavailable(message, code=parting.code, status=parting.status)


def _lost(error: Exception) -> ServerUnavailable:
    return ServerUnavailable(f"The mail server could not be used: {type(error).__name__}.")
