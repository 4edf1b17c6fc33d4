"""Merchants take turns: one with a million letters does not keep one with ten waiting."""

from collections import deque
from collections.abc import Callable

LOOK_EVERY = 0.5  # seconds between two looks at who has letters due, and more where there are very many merchants
MERCHANTS_A_SECOND = 2000
MOST, LEAST = 200, 20  # letters of one merchant in a turn
IN_A_ROUND = 4000  # letters, as far as turns of LEAST allow: less than a second of work


class Roster:
    """Whose turn it is. Times are of a clock that never goes back, in seconds."""

    def __init__(self, find: Callable[[], list[int]], start: int = 0) -> None:
        self._find = find
        self._start = start  # two senders begin in different places
        self._last = 0
        self._round: deque[int] = deque()
        self._size = 0
        self._look_at = float("-inf")
        self._rests: dict[int, float] = {}

    def turn(self, now: float) -> int | None:
        """Return the next merchant with letters due; None where there is none now, or all of them rest."""
        if now >= self._look_at:
            self._look(now)
        for _ in range(len(self._round)):
            merchant_id = self._round.popleft()
            if self._rests.get(merchant_id, now) <= now:
                self._last = merchant_id
                return merchant_id
            self._round.append(merchant_id)
        return None

    def again(self, merchant_id: int) -> None:
        """Let a merchant that may have more letters due have another turn, after all others."""
        self._round.append(merchant_id)

    def rest(self, merchant_id: int, until: float) -> None:
        """Pass a merchant over until then."""
        self._rests[merchant_id] = until
        self._round.append(merchant_id)

    def wait(self, now: float) -> float | None:
        """Return the seconds until somebody may have a turn; None where nobody is left in this round."""
        return min((max(0.0, self._rests.get(each, now) - now) for each in self._round), default=None)

    @property
    def share(self) -> int:
        """How many letters a turn may take."""
        return max(LEAST, min(MOST, IN_A_ROUND // max(1, self._size)))

    def _look(self, now: float) -> None:
        found = sorted(self._find())
        self._size = len(found)
        self._look_at = now + LOOK_EVERY + self._size / MERCHANTS_A_SECOND
        if not self._last and found:
            self._last = found[self._start % len(found)]
        later = [merchant_id for merchant_id in found if merchant_id > self._last]
        self._round = deque(later + [merchant_id for merchant_id in found if merchant_id <= self._last])
        self._rests = {merchant_id: until for merchant_id, until in self._rests.items() if until > now}
