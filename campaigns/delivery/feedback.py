"""What a server's reply means, from its numbers alone, and when a letter is tried again.

The first digit of the reply code decides between later and never (RFC 5321, 4.2.1); the enhanced code
(RFC 3463 and the registry at iana.org/assignments/smtp-enhanced-status-codes) says whose fault it is.
Its words are never read: they differ from server to server, and like to repeat the address.
"""

import hashlib
import re
from datetime import datetime, timedelta
from enum import StrEnum

from campaigns.delivery.event import Kind
from campaigns.delivery.kinds import KINDS


class Meaning(StrEnum):
    LATER = "later"
    REFUSED = "refused"  # this letter, for good; the address may be fine
    HARD_BOUNCE = "hard_bounce"  # there is no such address
    # Our own fault or the relay's: the recipient is never suppressed for it, and the letter has not failed.
    # It waits on the ladder while somebody looks at the relay.
    SENDER_REFUSED = "sender_refused"


# Sign in (530, 535), with something stronger (534), encrypted (538); commands out of turn (503) are mostly said
# to those who did not sign in.
NOT_WITHOUT = frozenset({503, 530, 534, 535, 538})
DOMAIN_TAKES_NONE = 556  # RFC 7504
STORAGE = 552  # RFC 5321: the recipient's is full

# What a server says to our face is read by the same table as what comes back later; a full mailbox is emptied by
# its owner, so that letter climbs the ladder until it expires.
OF_KINDS = {Kind.HARD: Meaning.HARD_BOUNCE, Kind.SOFT: Meaning.LATER, Kind.SENDER: Meaning.SENDER_REFUSED}
MEANINGS = {detail: OF_KINDS.get(kind, Meaning.REFUSED) for detail, kind in KINDS.items()} | {
    # But for routing, which is refused as it stands: who says so for good while we talk was asked to pass the
    # letter on and will not fare better soon, and it is their route, of which an address is not told to be wrong.
    **dict.fromkeys(("4.2", "4.4", "4.6", "4.7"), Meaning.REFUSED),
}
POLICY = re.compile(r"7\.\d+")

MERCY = frozenset({421, 450, 451, 452, 454})  # 454 is Amazon's word for too fast
OF_ONE_MAILBOX = re.compile(r"4\.[12]\.\d+")  # full, or busy: no reason to slow down for its neighbours

LADDER = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 180, 360))
SPREAD = 0.25  # of a step, so that what failed together does not come back together
UNAVAILABLE_FOR = timedelta(minutes=1)  # before the next knock at a server that answered nobody


def meaning_of(code: int | None, status: str) -> Meaning:
    """Read a refusal; without a code the trouble was the connection's or our own."""
    kind, _, detail = status.partition(".")
    if code is None:
        return Meaning.REFUSED if kind == "5" else Meaning.LATER
    if not 500 <= code < 600 or kind == "4":  # a reply that contradicts itself is worth another try
        return Meaning.LATER
    if code in NOT_WITHOUT:
        return Meaning.SENDER_REFUSED
    if detail in MEANINGS:
        return MEANINGS[detail]
    if POLICY.fullmatch(detail):
        return Meaning.SENDER_REFUSED
    return _bare(code) if not status else Meaning.REFUSED


def _bare(code: int) -> Meaning:
    """Read a code that stands alone. A bare 550 proves nothing: half of them are spam filters."""
    if code == DOMAIN_TAKES_NONE:
        return Meaning.HARD_BOUNCE
    return Meaning.LATER if code == STORAGE else Meaning.REFUSED


def asks_for_mercy(code: int | None, status: str) -> bool:
    """Whether a server wants letters to come more slowly."""
    if code is None or not 400 <= code < 500 or OF_ONE_MAILBOX.fullmatch(status):
        return False
    return code in MERCY or status.startswith("4.7.")


def next_try(message_id: int, attempts: int, now: datetime) -> datetime:
    """Return when to try again after so many failed attempts; the same every time it is asked."""
    step = LADDER[min(max(attempts, 1), len(LADDER)) - 1]
    digest = hashlib.sha256(f"retry.{message_id}.{attempts}".encode()).digest()
    return now + step * (1 + SPREAD * int.from_bytes(digest[:4]) / 2**32)
