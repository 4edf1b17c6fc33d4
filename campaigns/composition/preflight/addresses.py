"""Every link says where it goes and goes there safely, to the one host that the letter is from."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from campaigns.composition.preflight.finding import Finding, Flight, Proof, Severity
from campaigns.composition.preflight.page import Element
from campaigns.settings import LOCAL_HOSTS

SHOWN = re.compile(r"(?:https?://|www\.)\S+|^[\w-]+(?:\.[\w-]+)+(?:/\S*)?$", re.IGNORECASE)


def check_links(flight: Flight) -> Iterator[Finding]:
    """Links are https, lead to one host, and show no other address than their own."""
    for proof in flight.proofs:
        for link in proof.page.links:
            parts = _split(link)
            if parts.scheme in {"mailto", "tel"}:
                continue
            if parts.scheme != "https" and parts.hostname not in LOCAL_HOSTS:
                what = f"A link is {parts.scheme or 'of no kind'} and not https: {_short(link)}"
                yield Finding("link", Severity.ERROR, proof.where, what, "Write the whole address, with https://.")
            yield from _disguised(proof, link)
        yield from _foreign(proof, flight.base_url)


def _disguised(proof: Proof, link: Element) -> Iterator[Finding]:
    """A link that shows one address and leads to another is what mail programs call a scam."""
    shown = SHOWN.search(" ".join(link.words.split()))
    if shown is None:
        return
    named = _parts(shown.group() if "://" in shown.group() else f"https://{shown.group()}").hostname
    if named and _bare(named) != _bare(_split(link).hostname or ""):
        what = f"A link shows {named} and leads to {_split(link).hostname}; mail programs warn of that."
        yield Finding(
            "disguised link", Severity.ERROR, proof.where, what, "Let the link show words, or its own address."
        )


def _foreign(proof: Proof, base_url: str) -> Iterator[Finding]:
    own = urlsplit(base_url).hostname
    hosts = {_split(link).hostname for link in proof.page.links} - {own, None}
    if hosts:
        what = f"Links lead to {len(hosts)} more than {own}: {', '.join(sorted(map(str, hosts)))}."
        fix = "Keep to the links of the survey: each host more is one that filters judge the letter by."
        yield Finding("hosts", Severity.WARNING, proof.where, what, fix)


class _Parts(NamedTuple):
    scheme: str
    hostname: str | None


def _split(link: Element) -> _Parts:
    return _parts(link.attributes["href"].strip())


def _parts(url: str) -> _Parts:
    try:
        parts = urlsplit(url)
        return _Parts(parts.scheme.lower(), parts.hostname)
    except ValueError:
        return _Parts("", None)


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")


def _short(link: Element) -> str:
    return link.attributes["href"][:60]
