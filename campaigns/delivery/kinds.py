"""What a bounce is about, from its numbers, and from its words only where it has no telling number.

The enhanced code (RFC 3463, and iana.org/assignments/smtp-enhanced-status-codes) says whose fault it
is; who reports a bounce often leaves it at 5.0.0 and the real one stands in the server's own words.
Those are looked at here and forgotten: they like to repeat the address.
"""

import re

from campaigns.delivery.event import Kind

ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ \-#:;,]|$)")

# By subject and detail; what the first digit adds stands in `_by_status`.
KINDS = {
    "1.1": Kind.HARD,  # no such mailbox
    "1.2": Kind.HARD,  # no such system
    "1.3": Kind.HARD,  # not an address
    "1.6": Kind.HARD,  # moved, nobody knows where to
    "1.10": Kind.HARD,  # the domain takes no mail (RFC 7505)
    "4.4": Kind.HARD,  # no server takes mail for the domain
    "6.7": Kind.HARD,  # the address needs letters its server does not know
    "2.1": Kind.DISABLED,
    "2.2": Kind.SOFT,  # full
    "1.7": Kind.SENDER,  # the sender's address is malformed
    "1.8": Kind.SENDER,  # or its domain does not exist
    "2.3": Kind.CONTENT,  # larger than the mailbox takes
    "3.4": Kind.CONTENT,  # larger than the system takes
    # Of 7.x, policy and authentication, these are about the recipient: a group, a closed list, a mailbox
    # that takes letters only from those it knows, or that has a new owner (RFC 7293).
    "7.2": Kind.UNKNOWN,
    "7.17": Kind.UNKNOWN,
    "7.18": Kind.UNKNOWN,
    **{f"7.{detail}": Kind.UNKNOWN for detail in (124, 129, 133, 134, 135, 136)},
}
# SPF, DKIM, DMARC or the name of the sending server failed: no letter of this domain will fare better.
AUTHENTICATION = frozenset({f"7.{detail}" for detail in (9, 20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 32, 509, 515)})
_SAID = (
    (Kind.SOFT, r"(mailbox|quota|storage).{0,40}(full|exceed|limit)|over ?quota|out of (disk )?space"),
    (Kind.SOFT, r"grey-?list|try again|temporar|too many|rate ?limit"),
    (Kind.SENDER, r"\b(spam|blocked|block ?list|black ?list|rbl|dmarc|spf|dkim|reputation|policy|banned)\b"),
    (Kind.DISABLED, r"disabled|inactive|deactivated|suspended"),
    (Kind.HARD, r"(unknown|no such|invalid|non-?exist\w*) (local )?(user|recipient|mailbox|address|account|domain)"),
    (Kind.HARD, r"(user|recipient|mailbox|address|account)\b.{0,60}(unknown|not found|not exist|no longer|invalid)"),
    (Kind.HARD, r"no mx\b|unrouteable|hard bounce"),
    (Kind.CONTENT, r"message (is )?too (large|big)|size limit|virus|malware|attachment"),
)
WORDS = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in _SAID)


def kind_of(code: int | None, status: str, words: str = "", otherwise: Kind = Kind.UNKNOWN) -> Kind:
    """Read a bounce; `otherwise` is what whoever reports it calls it, where nothing here says better."""
    found = status if _tells(status) else better_status(words, status)
    if (kind := _by_status(found)) is not None:
        return kind
    for meaning, pattern in WORDS:
        if pattern.search(words):
            return meaning
    code = code if code is not None else code_in(words)
    if otherwise is Kind.UNKNOWN and code is not None and (400 <= code < 500 or code == 552):  # RFC 5321: full
        return Kind.SOFT
    return otherwise


def better_status(words: str, status: str = "") -> str:
    """Return the first enhanced code in a server's words that says something, or the one there was."""
    found = (match[0] for match in ENHANCED.finditer(words))
    return next((each for each in found if _tells(each)), status)


def code_in(words: str) -> int | None:
    found = REPLY.search(words)
    return int(found[1]) if found else None


def is_authentication(status: str) -> bool:
    return status.partition(".")[2] in AUTHENTICATION


def _tells(status: str) -> bool:
    return status.partition(".")[2] not in {"", "0.0"}


def _by_status(status: str) -> Kind | None:
    if not _tells(status):
        return Kind.SOFT if status.startswith("4.") else None
    first, _, detail = status.partition(".")
    kind = KINDS.get(detail)
    if kind is None and detail.startswith("7."):
        kind = Kind.SENDER
    if kind is None and detail.startswith("6."):
        kind = Kind.CONTENT
    if first == "4" and kind in {None, Kind.HARD, Kind.DISABLED, Kind.UNKNOWN}:
        return Kind.SOFT
    return kind
