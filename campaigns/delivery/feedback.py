"""What a server's refusal means, from its numbers alone, and when a letter is tried again."""

import hashlib
import re
from datetime import datetime, timedelta
from enum import StrEnum


class Meaning(StrEnum):
    LATER = "later"
    REFUSED = "refused"  # this letter, for good; the address may be fine
    HARD_BOUNCE = "hard_bounce"  # there is no such address
    SENDER_REFUSED = "sender_refused"  # our own fault; the recipient is never suppressed for it


# RFC 3463 and the IANA registry. A bare 550 proves nothing: half of them are spam filters.
NO_SUCH_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
OUR_FAULT = re.compile(r"5\.(7\.\d+|1\.[78])")  # 5.7.x: policy, authentication; 5.1.7 and 5.1.8: the sender's address

LADDER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
SPREAD = 0.25  # of a step, so that what failed together does not come back together
UNAVAILABLE_FOR = timedelta(minutes=1)  # before the next knock at a server that answered nobody


def meaning_of(code: int | None, status: str) -> Meaning:
    """Read a refusal; without a code the trouble was the connection's or our own."""
    if code is None or not 500 <= code < 600:
        return Meaning.LATER if not status.startswith("5") else Meaning.REFUSED
    if status in NO_SUCH_ADDRESS:
        return Meaning.HARD_BOUNCE
    if OUR_FAULT.fullmatch(status):
        return Meaning.SENDER_REFUSED
    return Meaning.REFUSED


def next_try(message_id: int, attempts: int, now: datetime) -> datetime:
    """Return when to try again after so many failed attempts; the same every time it is asked."""
    step = LADDER[min(max(attempts, 1), len(LADDER)) - 1]
    digest = hashlib.sha256(f"retry.{message_id}.{attempts}".encode()).digest()
    return now + step * (1 + SPREAD * int.from_bytes(digest[:4]) / 2**32)
