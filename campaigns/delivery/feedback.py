"""What a server's reply means, from its numbers alone, and when a letter is tried again.

The first digit of the reply code decides between later and never (RFC 5321, 4.2.1); the enhanced code
(RFC 3463 and the registry at iana.org/assignments/smtp-enhanced-status-codes) says whose fault it is.
Its words are never read: they differ from server to server, and like to repeat the address.
"""

import hashlib
import re
from datetime import datetime, timedelta
from enum import StrEnum


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

# By subject and detail: what the code's own class says is told by the reply code already.
MEANINGS = {
    "1.1": Meaning.HARD_BOUNCE,  # no such mailbox
    "1.2": Meaning.HARD_BOUNCE,  # no such system
    "1.3": Meaning.HARD_BOUNCE,  # not an address
    "1.6": Meaning.HARD_BOUNCE,  # moved, nobody knows where to
    "1.10": Meaning.HARD_BOUNCE,  # the domain takes no mail (RFC 7505)
    "1.7": Meaning.SENDER_REFUSED,  # the sender's address is malformed
    "1.8": Meaning.SENDER_REFUSED,  # or its domain does not exist
    # 2.1, disabled, is not among the bounces: Gmail says so too to a person who gets too much mail today.
    # A full mailbox is emptied by its owner: RFC 3463 calls 2.2 a persistent transient failure, whatever its
    # class, and a person is asked only once. The ladder ends when the letter expires.
    "2.2": Meaning.LATER,
    "3.1": Meaning.LATER,  # the whole system is full: as above
    "3.2": Meaning.LATER,  # it takes no mail at present
    # Routing, 4.x, is refused as it stands: Microsoft says 4.1 of addresses that do not exist, others of
    # networks that do not answer, so it neither suppresses nor deserves to be repeated. But for one:
    "4.5": Meaning.SENDER_REFUSED,  # Google of an account that sent its fill for today
    # Of 7.x, policy and authentication, some is about the recipient and no relay could help it.
    "7.2": Meaning.REFUSED,  # a mailing list closed to us
    "7.17": Meaning.REFUSED,  # the mailbox has a new owner (RFC 7293)
    "7.18": Meaning.REFUSED,  # the domain has
    "7.124": Meaning.REFUSED,  # Microsoft: a group, a mailbox that takes letters only from those it knows
    "7.129": Meaning.REFUSED,
    "7.133": Meaning.REFUSED,
    "7.134": Meaning.REFUSED,
    "7.135": Meaning.REFUSED,
    "7.136": Meaning.REFUSED,
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
