"""What a bounce is about, whoever tells of it: from its numbers, and from its words only where these say nothing.

The enhanced code (RFC 3463, and iana.org/assignments/smtp-enhanced-status-codes) says whose fault it
is; who reports a bounce often leaves it at 5.0.0 and the real one stands in the server's own words.
Where there is doubt, nobody is suppressed for it.
"""

import re

from campaigns.delivery.bounce_words import LONGEST, meanings, plain
from campaigns.delivery.event import Kind

ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3}\.\d{1,3})(?!\.?\d)")
REPLY = re.compile(r"(?<![\d.])([245]\d\d)(?=[ \-#:;,]|$)")
VAGUE = frozenset({"", "0.0", "1.0", "2.0", "3.0", "4.0", "5.0"})  # "something about the address", and no more
FULL = 552  # RFC 5321

# Of a failure for good, by subject and detail.
KINDS = {
    "1.1": Kind.HARD,  # no such mailbox
    "1.2": Kind.HARD,  # no such system
    "1.3": Kind.HARD,  # not an address
    "1.6": Kind.HARD,  # moved, nobody knows where to
    "1.10": Kind.HARD,  # the domain takes no mail (RFC 7505)
    "4.4": Kind.HARD,  # nowhere to send it: no MX
    "2.1": Kind.DISABLED,
    "2.2": Kind.SOFT,  # full
    "3.1": Kind.SOFT,  # the whole system is
    "3.2": Kind.SOFT,
    "4.2": Kind.SOFT,
    "4.6": Kind.SOFT,  # a loop
    "4.7": Kind.SOFT,  # tried for too long
    "1.7": Kind.SENDER,  # the sender's address is malformed
    "1.8": Kind.SENDER,  # or its domain does not exist
    "4.5": Kind.SENDER,  # Google, of an account that sent its fill for today
    "2.3": Kind.CONTENT,  # larger than this mailbox takes
    "3.4": Kind.CONTENT,  # or this system
    # Of 7.x, policy and authentication, these are about the recipient, and no relay could help it: a list
    # closed to us, a mailbox that has a new owner (RFC 7293), or that takes letters only from those it knows.
    "7.2": Kind.UNKNOWN,
    "7.17": Kind.UNKNOWN,
    "7.18": Kind.UNKNOWN,
    **{f"7.{detail}": Kind.UNKNOWN for detail in (124, 129, 133, 134, 135, 136)},
}
NO_SUCH_ALPHABET = "6.7"  # RFC 6531: this address can never be written to from here, whatever the class
SUBJECTS = {"6": Kind.CONTENT, "7": Kind.SENDER}  # of all their other details
# SPF, DKIM, DMARC or the name of the sending server failed: no letter of this domain will fare better.
AUTHENTICATION = frozenset({f"7.{detail}" for detail in (9, 20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 32, 509, 515)})


def kind_of(code: int | None, status: str, said: str = "", otherwise: Kind = Kind.UNKNOWN) -> Kind:
    """Read a bounce by its best status; `otherwise` is what whoever reports it calls it, where nothing says better."""
    told, words = by_status(status), plain(said)
    if status[2:] == NO_SUCH_ALPHABET or told is Kind.SENDER:
        return told or otherwise
    if status[:1] == "4" or (not status and code is not None and code < 500):
        return Kind.SOFT
    if told in {Kind.HARD, Kind.DISABLED}:
        return _unless_denied(told, words)
    if told is None and status[2:] in VAGUE:
        return Kind.SOFT if code == FULL and not status else next(meanings(words), otherwise)
    return told or otherwise


def by_status(status: str) -> Kind | None:
    """Return what a status alone says of a failure; None where it says nothing."""
    detail = status[2:]
    if detail == NO_SUCH_ALPHABET:
        return Kind.HARD
    if status[:1] == "4":
        return Kind.SOFT
    return KINDS.get(detail, SUBJECTS.get(detail.partition(".")[0]))


def best_status(status: str, said: str) -> str:
    """Return the first status that says something, the report's own before those it quotes."""
    found = [each[0] for text in (status, said[:LONGEST]) for each in ENHANCED.finditer(text)]
    return next((each for each in found if each[2:] not in VAGUE), found[0] if found else "")


def code_in(said: str) -> int | None:
    found = REPLY.search(plain(said))
    return int(found[1]) if found else None


def is_authentication(status: str) -> bool:
    return status.partition(".")[2] in AUTHENTICATION


def _unless_denied(told: Kind, words: str) -> Kind:
    """Some filters say 5.1.1 of mail they take for spam: where the words deny the code, nobody is suppressed for it."""
    kinds = set(meanings(words))
    if kinds & {Kind.HARD, Kind.DISABLED}:
        return told
    return next((kind for kind in (Kind.SENDER, Kind.SOFT) if kind in kinds), told)
