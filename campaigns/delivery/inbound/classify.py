"""What a bounce is about: by its codes, and by its words where these say nothing; no doubt blames a recipient.

A mail that bounces says more than a server that refuses (feedback.py), and says it less reliably:
the status is often 5.0.0, and what the last server really said stands in Diagnostic-Code. Codes are
those of RFC 3463 and the registry at iana.org/assignments/smtp-enhanced-status-codes.
"""

import re
from typing import NamedTuple

from campaigns.delivery.event import Kind, News
from campaigns.delivery.inbound.fields import ADDRESS

ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3}\.\d{1,3})(?!\.?\d)")
REPLY = re.compile(r"(?<![\d.])([245]\d\d)(?=[ \-:#]|$)")
LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
LONGEST = 2000  # characters of what a server said; more is a page about spam in general
VAGUE = frozenset({"0.0", "1.0", "2.0", "3.0", "4.0", "5.0"})  # "something about the address", and no more

NEWS = {"failed": News.BOUNCED, "delayed": News.DELAYED, "delivered": News.DELIVERED}  # others say nothing of a mailbox
DETAILS = {  # of a failure for good: subject and detail
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
    "7.17": Kind.UNKNOWN,  # the mailbox has a new owner (RFC 7293): not ours to ask, and not our fault
    "7.18": Kind.UNKNOWN,
}
NO_SUCH_ALPHABET = "6.7"  # RFC 6531: this address can never be written to from here, whatever the class
SUBJECTS = {"6": Kind.CONTENT, "7": Kind.SENDER}  # of all their other details

# In the order they are asked: whoever is refused for spam, and full besides, is refused for spam.
WORDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            Kind.SENDER,
            r"\bspam|\bunsolicited|\bUBE\b|\bUCE\b|\bjunk|black ?list|block ?list|deny ?list|dnsbl|\brbl\b"
            r"|spamhaus|spamcop"
            r"|sorbs|barracuda|reputation|\bpolic(y|ies)\b|dmarc|\bdkim\b|\bspf\b|unauthenticated|authentication"
            r"|relay(ing)? (access )?(is )?(denied|not)|unable to relay|not (permitted|allowed|authori[sz]ed)"
            r"|access (is )?denied|\bblocked\b|\bbanned\b|rate limit|too many (messages|mails|connections|recipients)"
            r"|sender\b.{0,40}(reject|denied|unknown|not exist|verif|refused|not found)|client host|helo"
            r"|reverse dns|\bptr\b"
            r"|\brdns\b|virus|malware|phishing|suspicious|content reject|message rejected as",
        ),
        (
            Kind.SOFT,
            r"quota|(mail)?box (is |was )?(full|exceed)|over ?(the )?(limit|allow)|insufficient (disk|storage"
            r"|system)|disk full"
            r"|storage (limit|exceed)|try (again )?later|temporar|timed? ?out|expired|too long in queue"
            r"|grey ?list|\bbusy\b"
            r"|loop|too many hops|(not|never) accept our requests to connect|connection (refused|lost|reset)"
            r"|postfach.{0,9}voll",
        ),
        (
            Kind.CONTENT,
            r"(message|mail|size|attachment).{0,30}(too (large|big)|exceeds?)|attachment.{0,20}(not|refus|reject)",
        ),
        (
            Kind.DISABLED,
            r"(account|mailbox|user|address).{0,40}(disabled|inactive|not active|suspended|deactivated|locked)",
        ),
        (
            Kind.HARD,
            r"(user|mailbox|recipient|account|address|person|alias)s?\b.{0,40}(unknown|not (be )?found|not exist"
            r"|no longer|invalid)"
            r"|(unknown|no such|invalid|non-?existent|bad) (user|mailbox|recipient|account|address|person"
            r"|local part|destination)"
            r"|(does not|doesn't|couldn't|could not|not) (exist|have an? .{0,30}account)|not a (registered|valid"
            r"|known)"
            r"|not our customer|no (mailbox|valid recipients?)\b|unknown (host|domain)|(host"
            r"|domain)( name)? (was )?not found"
            r"|nxdomain|null mx|no such (host|domain)|not listed in|unbekannt|existiert nicht"
            r"|utilisateur inconnu|desconocid"
            r"|sconosciut|onbekend|nie istnieje",
        ),
    )
)


class Verdict(NamedTuple):
    """What news a report is; `kind` is None where nothing bounced."""

    news: News | None
    kind: Kind | None = None
    code: int | None = None
    status: str = ""


def classify(action: str, status: str, said: str) -> Verdict:
    """Read a report on one recipient: its Action, its Status, and what the last server said."""
    words = _plain(said)
    reply = REPLY.search(words)
    code, best = int(reply[1]) if reply else None, best_status(status, words)
    news = NEWS.get(action.strip().lower().partition(" ")[0])
    kind = _kind(best, code, words) if news is News.BOUNCED else None
    return Verdict(news, kind, code, best)


def best_status(status: str, words: str) -> str:
    """Return the first status that says something, the report's own before those it quotes."""
    found = [f"{each[1]}.{each[2]}" for text in (status, words) for each in ENHANCED.finditer(text)]
    return next((each for each in found if each[2:] not in VAGUE), found[0] if found else "")


def by_status(status: str) -> Kind:
    """Return what a status alone says of a failure."""
    detail = status[2:]
    if detail == NO_SUCH_ALPHABET:
        return Kind.HARD
    if status[:1] == "4":
        return Kind.SOFT
    return DETAILS.get(detail, SUBJECTS.get(detail.partition(".")[0], Kind.UNKNOWN))


def _kind(status: str, code: int | None, words: str) -> Kind:
    told = by_status(status)
    if status[2:] == NO_SUCH_ALPHABET or told is Kind.SENDER:
        return told
    if status[:1] == "4" or (not status and code is not None and code < 500):
        return Kind.SOFT
    if told in {Kind.HARD, Kind.DISABLED}:
        return _unless_denied(told, words)
    if told is Kind.UNKNOWN and (status[2:] in VAGUE or not status):
        return Kind.SOFT if code == 552 and not status else by_words(words)
    return told


def by_words(words: str) -> Kind:
    return next((kind for kind, pattern in WORDS if pattern.search(words)), Kind.UNKNOWN)


def _unless_denied(told: Kind, words: str) -> Kind:
    """Some filters say 5.1.1 of mail they take for spam: where the words deny the code, nobody is suppressed for it."""
    kinds = {kind for kind, pattern in WORDS if pattern.search(words)}
    if kinds & {Kind.HARD, Kind.DISABLED}:
        return told
    return next((kind for kind in (Kind.SENDER, Kind.SOFT) if kind in kinds), told)


def _plain(said: str) -> str:
    """Return what was said without addresses and links, whose parts may read like a reason."""
    return " ".join(ADDRESS.sub(" ", LINK.sub(" ", said[:LONGEST])).split())
