"""What the words of servers are about, where their numbers say nothing; they are looked at and forgotten.

They like to repeat the address, whose parts may read like a reason: addresses and links are left out first.
"""

import re
from collections.abc import Iterator

from campaigns.delivery.event import Kind
from campaigns.delivery.inbound.fields import ADDRESS

LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
LONGEST = 2000  # characters of what a server said; more is a page about spam in general

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


def plain(said: str) -> str:
    """Return what was said without addresses and links."""
    return " ".join(ADDRESS.sub(" ", LINK.sub(" ", said[:LONGEST])).split())


def meanings(words: str) -> Iterator[Kind]:
    """Yield all that plain words may mean, what weighs most first."""
    return (kind for kind, pattern in WORDS if pattern.search(words))
