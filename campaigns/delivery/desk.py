"""Letters that may leave lie on the desk; each is looked at once more, and written, at the instant it is taken."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable

from campaigns.delivery.batch import Signers
from campaigns.delivery.belief import Belief
from campaigns.delivery.journal import Entry, Journal, Word
from campaigns.delivery.smtp.lane import Lane
from campaigns.delivery.smtp.parcel import Fate, Outcome, Parcel

QUICK, SLOW = 0.5, 2.0  # seconds from one batch of a lane to its next
FIRST, FEWEST, MOST = 16, 8, 200  # letters in a batch
Write = Callable[[int, Signers], Parcel | None]
Waiting = tuple[int, Signers]
WORDS = {Fate.TAKEN: Word.TAKEN, Fate.DOUBT: Word.INTENDED}


class _Appetite:
    """Grows while batches go quickly, and shrinks while they do not."""

    def __init__(self) -> None:
        self.letters = FIRST
        self._fed_at = time.monotonic()

    def fed(self) -> None:
        now = time.monotonic()
        took, self._fed_at = now - self._fed_at, now
        if took < QUICK:
            self.letters = min(self.letters * 2, MOST)
        elif took > SLOW:
            self.letters = max(self.letters // 2, FEWEST)


class Desk:
    """Supplies the exchange, and has the journal written before any final dot."""

    def __init__(self, belief: Belief, write: Write, journal: Journal) -> None:
        self.belief = belief
        self._write = write
        self._journal = journal
        self._queues: dict[Hashable, deque[Waiting]] = {}
        self._is_closed = False
        self._appetites: dict[Hashable, _Appetite] = defaultdict(_Appetite)

    def put(self, lane_key: Hashable, message_ids: Iterable[int], signers: Signers) -> None:
        self._queues.setdefault(lane_key, deque()).extend((message_id, signers) for message_id in message_ids)
        self._appetites[lane_key].fed()

    def close(self) -> None:
        """Hand out no more letters; what is under way is still written down."""
        self._is_closed = True

    def waiting_for(self, lane_key: Hashable) -> int:
        return len(self._queues.get(lane_key, ()))

    def appetite(self, lane_key: Hashable) -> int:
        """Return how many letters a lane may be given at once: what it takes in a second or so, and what a
        machine that never comes back would leave in doubt."""
        return self._appetites[lane_key].letters

    @property
    def waiting(self) -> int:
        return sum(map(len, self._queues.values()))

    def clear(self, lane_key: Hashable) -> list[int]:
        """Take all letters for a lane away again; returns which."""
        return [message_id for message_id, _ in self._queues.pop(lane_key, ())]

    def clear_all(self) -> list[int]:
        return [key for lane_key in list(self._queues) for key in self.clear(lane_key)]

    def take(self, lane: Lane) -> Parcel | None:
        """Return the next letter that may leave now."""
        queue = None if self._is_closed or self._journal.is_full else self._queues.get(lane.key)
        while queue:
            may_leave = self.belief.lets_go(queue)
            message_id, signers = queue.popleft()
            if may_leave and (parcel := self._write(message_id, signers)):
                return parcel
        return None

    def promise(self, intents: list[int], outcomes: list[Outcome]) -> None:
        """Write down what is about to leave and what was heard; raises OSError, and then nothing leaves."""
        self._journal.write([*map(_heard, outcomes), *(Entry(key, Word.INTENDED) for key in intents)])


def _heard(outcome: Outcome) -> Entry:
    word = WORDS.get(outcome.fate, Word.KEPT)
    return (
        Entry(outcome.key, word, outcome.reply.code, outcome.reply.status)
        if outcome.reply
        else Entry(outcome.key, word)
    )
