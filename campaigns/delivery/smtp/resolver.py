"""Names become addresses without anybody waiting: a name server that hangs delays its own lane only."""

import socket
import threading

from campaigns.delivery.smtp.line import Address

REMEMBERED_FOR = 60.0  # seconds; a server that moves is found again soon
PATIENCE = 30.0  # seconds

Place = tuple[str, int]


class Lookup:
    """One question to the name servers, asked in a thread of its own, for getaddrinfo waits."""

    def __init__(self, place: Place, now: float) -> None:
        self.asked_at = now
        self.answer: list[Address] | OSError | None = None
        self._place = place
        threading.Thread(target=self._ask, daemon=True, name="resolver").start()

    def _ask(self) -> None:
        try:
            self.answer = _look_up(self._place, 0)
        except (OSError, ValueError) as error:  # ValueError: a name with a label of 64 letters
            self.answer = error if isinstance(error, OSError) else OSError("no name of a host")


class Resolver:
    def __init__(self) -> None:
        self._lookups: dict[Place, Lookup] = {}

    @property
    def is_waiting(self) -> bool:
        return bool(self._lookups) and any(lookup.answer is None for lookup in self._lookups.values())

    def find(self, place: Place, now: float) -> list[Address] | None:
        """Return a server's addresses, None while they are looked up; raises OSError where there are none."""
        try:
            return _look_up(place, socket.AI_NUMERICHOST)
        except (OSError, ValueError):
            pass
        lookup = self._lookups.get(place)
        if lookup is None or now > lookup.asked_at + REMEMBERED_FOR:
            lookup = self._lookups[place] = Lookup(place, now)
        if lookup.answer is None and now <= lookup.asked_at + PATIENCE:
            return None
        if isinstance(lookup.answer, list):
            return lookup.answer
        del self._lookups[place]
        raise lookup.answer or TimeoutError


def _look_up(place: Place, flags: int) -> list[Address]:
    found = socket.getaddrinfo(*place, type=socket.SOCK_STREAM, flags=flags)
    return [(family, where) for family, _, _, _, where in found]
