"""Many letters leave at once, in one thread, and no dot before it is promised.

A turn begins letters, hears what the servers say and writes bodies. Then what was learnt and
which dots come next is made durable by the supply, once for all connections, and the dots leave,
each with the envelope of the next letter behind it: one round trip for a letter.
"""

import time
from collections.abc import Callable, Hashable

from campaigns.delivery.server import Server
from campaigns.delivery.smtp.connection import Connection, Envelope, Phase
from campaigns.delivery.smtp.crew import Crew
from campaigns.delivery.smtp.fleet import Fleet
from campaigns.delivery.smtp.habits import Habits
from campaigns.delivery.smtp.lane import Lane
from campaigns.delivery.smtp.parcel import Fate, Outcome, Supply
from campaigns.delivery.wire import Accepted
from campaigns.errors import NeverDeliverable

ASK_AT_ONCE = 8  # lanes, while letters are under way


class Exchange:
    def __init__(self, name: str, habits: Habits | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self.in_flight = 0  # letters taken and not yet in an outcome
        self._habits = habits or Habits()
        self._fleet = Fleet(name, self._habits)
        self._written: dict[Connection, None] = {}  # with a letter that lacks its dot only
        self._learnt: list[Outcome] = []  # not yet durable
        self._durable: list[Outcome] = []  # not yet returned

    def lane(self, key: Hashable, server: Server, connections: int = 4) -> Lane:
        """Return the lane to a server, and have it opened if it is not.

        Call it whenever there may be letters: a lane without any goes to sleep.
        """
        return self._fleet.lane(key, server, connections, self.now())

    def turn(self, supply: Supply, timeout: float) -> list[Outcome]:
        """Do all that can be done now, and wait up to so many seconds where that is nothing.

        What supply raises passes through; the outcomes are kept for the next turn.
        """
        now = self.now()
        if now >= self._fleet.looks_at:
            for connection in self._fleet.look_after(now):
                self._note(connection, now)
        if self._fleet.resting:
            self._feed(supply, now)
        is_full = self._learnt or self._durable or self._written
        events = self._fleet.wait(0.0 if is_full else timeout)
        now = self.now()
        for key, mask in events:
            key.data.act(mask, now)
            self._note(key.data, now)
        if self._written or self._learnt:
            self._promise(supply, now)
        durable, self._durable = self._durable, []
        self.in_flight -= len(durable)
        return durable

    def close(self, politely: bool = True) -> list[Outcome]:
        """Say goodbye and return what became of the letters under way; dots that left are waited for a little."""
        until = self.now() + (self._habits.at_the_end if politely else 0.0)
        while (now := self.now()) < until and self._part(now):
            for key, mask in self._fleet.wait(until - now):
                key.data.act(mask, now)
                self._note(key.data, now)
        for connection in self._fleet.connections():
            connection.end()
            self._note(connection, now)
        self._fleet.close()
        outcomes = self._durable + self._learnt
        self._durable, self._learnt, self.in_flight = [], [], self.in_flight - len(outcomes)
        return outcomes

    def _part(self, now: float) -> bool:
        """Leave where no dot is being answered; returns whether anybody is still there."""
        for connection in self._fleet.connections():
            if connection.is_idle:
                connection.leave(now)
            elif connection.phase is not Phase.LEAVING and connection.conversation.dotted is None:
                connection.end()
            self._note(connection, now)
        return bool(self._fleet.connections())

    def _note(self, connection: Connection, now: float) -> None:
        """See what a connection has come to."""
        conversation = connection.conversation
        if conversation.verdicts:
            lane = connection.lane
            self._learnt += [Outcome(parcel.key, fate, reply, lane) for parcel, fate, reply in conversation.verdicts]
            conversation.verdicts.clear()
        if connection.is_written:
            self._written[connection] = None
        elif connection.is_over:
            self._written.pop(connection, None)
            self._fleet.lose(connection, now)
        elif connection.is_idle:
            self._fleet.rest(connection)

    def _feed(self, supply: Supply, now: float) -> None:
        """Give idle connections a letter; while others work, a few lanes are asked at a time."""
        resting = self._fleet.resting
        for _ in range(min(len(resting), ASK_AT_ONCE) if self.in_flight else len(resting)):
            crew = resting.popleft()
            crew.is_resting = False
            try:
                self._employ(crew, supply, now)
            finally:
                self._fleet.line_up(crew)

    def _employ(self, crew: Crew, supply: Supply, now: float) -> None:
        while crew.idle:
            connection = next(reversed(crew.idle))
            if crew.is_retired or not connection.may_go_on(now):
                connection.leave(now)
            elif connection.is_silent():
                if (found := self._next(supply, connection, now)) is None:
                    return
                connection.begin(found, now)
            crew.idle.pop(connection, None)
            self._note(connection, now)

    def _next(self, supply: Supply, connection: Connection, now: float) -> Envelope | None:
        """Return the next letter this server could take; those it never could are refused here."""
        lane = connection.lane
        crew = self._fleet.crew(lane)
        while (parcel := supply.take(lane)) is not None:
            self.in_flight += 1
            try:
                commands = connection.conversation.envelope(parcel)
            except NeverDeliverable as refusal:
                reply = Accepted(refusal.code, refusal.status) if refusal.code else None
                self._learnt.append(Outcome(parcel.key, Fate.NEVER, reply, lane))
                continue
            crew.took(connection, now)
            if crew.is_growing:
                self._fleet.look_soon()
            return parcel, commands
        crew.found_nothing(now)
        return None

    def _promise(self, supply: Supply, now: float) -> None:
        written = list(self._written)
        intents = [letter.key for each in written if (letter := each.conversation.letter) is not None]
        try:
            supply.promise(intents, self._learnt)
        except BaseException:
            for connection in written:
                connection.end()
                self._note(connection, now)
            raise
        self._durable += self._learnt
        self._learnt = []
        self._written.clear()
        self._send_dots(supply, written, now)

    def _send_dots(self, supply: Supply, written: list[Connection], now: float) -> None:
        """Send what was promised; a supply that fails meanwhile holds back no dot."""
        failure: BaseException | None = None
        for connection in written:
            if connection.is_silent():
                following: Envelope | None = None
                if failure is None and self._may_follow(connection, now):
                    try:
                        following = self._next(supply, connection, now)
                    except BaseException as error:  # noqa: BLE001 - raised again below
                        failure = error
                connection.dot(following, now)
            if connection.is_over:
                self._note(connection, now)
        if failure is not None:
            raise failure

    def _may_follow(self, connection: Connection, now: float) -> bool:
        if not connection.conversation.offers.pipelining or not connection.may_go_on(now):
            return False
        return not self._fleet.crew(connection.lane).is_retired
