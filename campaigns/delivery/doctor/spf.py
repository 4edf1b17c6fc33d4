"""SPF (RFC 7208): which servers may send for a domain, judged on records that were looked up before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address, ip_network

from campaigns.delivery.doctor.line import Line, State

MOST_LOOKUPS = 10  # RFC 7208, section 4.6.4: more are a permanent error
MOST_NESTED = 10
TERM = re.compile(r"([+?~-]?)(all|include|a|mx|ip4|ip6|exists|ptr)(?:[:=]([^/\s]+))?((?:/\d+)*)$|redirect=(\S+)$", re.I)
ASKS = {"include", "a", "mx", "exists", "ptr", "redirect"}
Found = tuple[str, ...] | None


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    SOFT = "softfail"
    NEUTRAL = "neutral"
    UNKNOWN = "unknown"


SIGNS = {"": Verdict.PASS, "+": Verdict.PASS, "-": Verdict.FAIL, "~": Verdict.SOFT, "?": Verdict.NEUTRAL}


@dataclass(frozen=True, slots=True)
class Term:
    sign: str
    name: str
    value: str
    prefix: str  # "/24", of the IPv4 addresses of a and mx; or of an ip4, ip6


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What was looked up: the texts of domains, the addresses of hosts and of mail hosts."""

    texts: Mapping[str, Found] = field(default_factory=dict)
    hosts: Mapping[str, Found] = field(default_factory=dict)
    mail_hosts: Mapping[str, Found] = field(default_factory=dict)  # their addresses, by domain


def records(texts: tuple[str, ...]) -> list[str]:
    return [text for text in texts if re.match(r"v=spf1(?: |$)", text, re.I)]


def terms(record: str) -> list[Term]:
    """Read a record's terms; what is none of RFC 7208's is left out."""
    found = (TERM.match(word) for word in record.split()[1:])
    return [
        Term("", "redirect", match[5].lower(), "")
        if match[5]
        else Term(match[1], match[2].lower(), (match[3] or "").lower(), match[4])
        for match in found
        if match is not None
    ]


def lookups(domain: str, book: Book) -> int:
    """Count the questions to the DNS that whoever checks a record has to ask; no further than to one too many."""
    count, waiting = 0, [domain]
    while waiting and count <= MOST_LOOKUPS:
        for term in _terms_of(waiting.pop(), book):
            count += term.name in ASKS
            waiting += [term.value] if term.name in {"include", "redirect"} else []
    return count


def verdict(domain: str, address: str, book: Book, depth: int = 0) -> Verdict:
    """Return what a domain's record says of a server's address."""
    if depth > MOST_NESTED or book.texts.get(domain) is None:
        return Verdict.UNKNOWN
    found = _terms_of(domain, book)
    for term in found:
        if term.name == "redirect":
            continue
        matches = _matches(term, domain, address, book, depth)
        if matches is None:
            return Verdict.UNKNOWN
        if matches:
            return SIGNS[term.sign]
    redirect = next((term.value for term in found if term.name == "redirect"), "")
    return verdict(redirect, address, book, depth + 1) if redirect else Verdict.NEUTRAL


def judge(domain: str, addresses: tuple[str, ...], book: Book) -> list[Line]:
    """Say whether a domain's record is sound, and whether it names the servers that letters leave from."""
    texts = book.texts.get(domain)
    if texts is None:
        return [Line("spf", State.UNKNOWN, f"Nobody could be asked for the SPF record of {domain}.")]
    found = records(texts)
    if len(found) != 1:
        what = f"{domain} has {'no SPF record' if not found else f'{len(found)} SPF records, which counts as none'}."
        do = f'Publish one TXT record at {domain}: "v=spf1 include:YOUR-RELAY ~all"; your relay says what to include.'
        return [Line("spf", State.FAIL, what, do)]
    sound = _sound(domain, found[0], book)
    is_broken = lookups(domain, book) > MOST_LOOKUPS
    return [sound] if is_broken else [sound, *(_named(domain, each, book) for each in addresses)]


def _sound(domain: str, record: str, book: Book) -> Line:
    asked = lookups(domain, book)
    if asked > MOST_LOOKUPS:
        what = f"The SPF record of {domain} takes more than {MOST_LOOKUPS} lookups, and counts as broken."
        return Line("spf", State.FAIL, what, "Take out includes you no longer need, or name addresses (ip4:) instead.")
    last = next((term.sign for term in terms(record) if term.name == "all"), None)
    if last in {"", "+"}:
        return Line("spf", State.FAIL, f"The SPF record of {domain} lets everybody send.", "End it with ~all or -all.")
    if last == "?" or (last is None and "redirect=" not in record.lower()):
        return Line("spf", State.WARN, f"The SPF record of {domain} forbids nobody.", "End it with ~all or -all.")
    return Line("spf", State.OK, f"{domain} has one SPF record, of {asked} lookups.")


def _named(domain: str, address: str, book: Book) -> Line:
    said = verdict(domain, address, book)
    if said is Verdict.PASS:
        return Line("spf", State.OK, f"The SPF record of {domain} names {address}.")
    if said is Verdict.UNKNOWN:
        return Line("spf", State.UNKNOWN, f"Whether the SPF record of {domain} names {address} could not be found out.")
    what = f"The SPF record of {domain} does not name {address} ({said})."
    do = f"Add ip4:{address}, or what your relay tells you to include. A relay may send from other addresses than this."
    return Line("spf", State.WARN, what, do.replace("ip4:", "ip6:") if ":" in address else do)


def _terms_of(domain: str, book: Book) -> list[Term]:
    found = records(book.texts.get(domain) or ())
    return terms(found[0]) if len(found) == 1 else []


def _matches(term: Term, domain: str, address: str, book: Book, depth: int) -> bool | None:
    if "%" in term.value or term.name in {"exists", "ptr"}:
        return None  # macros and names of the connecting client: only the receiver knows
    if term.name == "all":
        return True
    if term.name == "include":
        said = verdict(term.value, address, book, depth + 1)
        return None if said is Verdict.UNKNOWN else said is Verdict.PASS
    if term.name in {"ip4", "ip6"}:
        return _within(address, f"{term.value}{term.prefix}")
    hosts = (book.hosts if term.name == "a" else book.mail_hosts).get(term.value or domain)
    if hosts is None:
        return None
    width = term.prefix if term.prefix.count("/") == 1 else ""
    return any(_within(address, f"{each}{width if ':' not in each else ''}") for each in hosts)


def _within(address: str, network: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False
