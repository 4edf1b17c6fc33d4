"""All lanes and their connections: opened when called for, closed when idle, given up when overdue."""

import selectors
import ssl
from collections import deque
from collections.abc import Hashable
from functools import lru_cache

from campaigns.delivery.server import Server
from campaigns.delivery.smtp.connection import Connection
from campaigns.delivery.smtp.crew import Crew
from campaigns.delivery.smtp.habits import Habits
from campaigns.delivery.smtp.lane import Lane
from campaigns.delivery.smtp.resolver import Resolver
from campaigns.errors import ServerUnavailable

LOOK_EVERY = 0.25  # seconds; how late a deadline may be noticed
RESOLVING = 0.005  # seconds to look again for an address


class Fleet:
    def __init__(self, name: str, habits: Habits) -> None:
        self.resting: deque[Crew] = deque()  # crews with idle connections
        self.looks_at = 0.0  # when `look_after` is due
        self._name = name if "." in name and not name.replace(".", "").isdigit() else "[127.0.0.1]"
        self._habits = habits
        self._selector = selectors.DefaultSelector()
        self._context = lru_cache(maxsize=1)(ssl.create_default_context)
        self._resolver = Resolver()
        self._lanes: dict[Hashable, Lane] = {}
        self._crews: dict[Lane, Crew] = {}

    def lane(self, key: Hashable, server: Server, connections: int, now: float) -> Lane:
        lane = self._lanes.get(key)
        if lane is None or lane.server != server:
            if lane is not None:
                self._crews[lane].is_retired = True
            lane = self._lanes[key] = Lane(key, server, connections)
            self._crews[lane] = Crew(lane)
        lane.connections = connections
        if self._crews[lane].call(now):
            self.look_soon()
        return lane

    def crew(self, lane: Lane) -> Crew:
        return self._crews[lane]

    def connections(self) -> list[Connection]:
        return [connection for crew in self._crews.values() for connection in crew.connections]

    def wait(self, timeout: float) -> list[tuple[selectors.SelectorKey, int]]:
        """Return who can go on, and how; waits a little where nobody can."""
        return self._selector.select(min(timeout, RESOLVING if self._resolver.is_waiting else LOOK_EVERY))

    def rest(self, connection: Connection) -> None:
        """It wants a letter."""
        crew = self._crews[connection.lane]
        crew.idle[connection] = None
        self.line_up(crew)

    def line_up(self, crew: Crew) -> None:
        """Put a crew with idle connections at the end of the line."""
        if crew.idle and not crew.is_resting:
            crew.is_resting = True
            self.resting.append(crew)

    def lose(self, connection: Connection, now: float) -> None:
        self._crews[connection.lane].lose(connection, now)
        self.look_soon()

    def look_soon(self) -> None:
        """Something may have to be opened."""
        self.looks_at = 0.0

    def look_after(self, now: float) -> list[Connection]:
        """Open, part from and give up connections where it is time; returns those it touched."""
        self.looks_at = now + LOOK_EVERY
        touched = []
        for crew in list(self._crews.values()):
            overdue = [connection for connection in crew.connections if now >= connection.deadline]
            for connection in overdue:
                crew.idle.pop(connection, None)
                connection.expire(now)
            surplus = crew.surplus(now)
            for connection in surplus:
                crew.idle.pop(connection, None)
                connection.leave(now)
            touched += overdue + surplus + self._open(crew, now)
            if crew.is_retired and not crew.connections:
                del self._crews[crew.lane]
        return touched

    def close(self) -> None:
        self._selector.close()

    def _open(self, crew: Crew, now: float) -> list[Connection]:
        if (missing := crew.missing(now)) <= 0:
            return []
        lane = crew.lane
        try:
            addresses = self._resolver.find((lane.server.host, lane.server.port), now)
        except OSError as error:
            lane.fail(ServerUnavailable(f"The mail server could not be found: {type(error).__name__}."), now)
            return []
        if addresses is None:
            self.look_soon()
            return []
        opened = [Connection(lane, self._name, self._selector, self._habits, self._context) for _ in range(missing)]
        crew.connections.update(opened)
        for connection in opened:
            connection.dial(addresses, now)
        return opened
