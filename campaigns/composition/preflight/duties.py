"""A letter says where its sender lives and how to get no more: the law and the mail providers want both."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from urllib.parse import urlsplit

from campaigns.composition.line import one_line
from campaigns.composition.preflight.finding import Finding, Flight, Proof, Severity
from campaigns.settings import LOCAL_HOSTS

URI = re.compile(r"<([^>]+)>")
ONE_CLICK = "List-Unsubscribe=One-Click"
UNPRINTED = re.compile("[\u2066-\u2069\u200e\u200f]")


def check_postal_address(flight: Flight) -> Iterator[Finding]:
    """The merchant's postal address stands in every letter, in both of its forms."""
    lines = [one_line(line) for line in flight.shop.postal_address.splitlines() if one_line(line)]
    fix = "Give the merchant a postal address, and let the template write every line of it."
    if not lines:
        yield Finding("postal address", Severity.ERROR, "the merchant", "There is no postal address.", fix)
    for proof in flight.proofs:
        for form, words in (("HTML", proof.page.seen), ("plain text", proof.letter.text)):
            plain = " ".join(UNPRINTED.sub("", words).split())
            if any(line not in plain for line in lines):
                what = f"The postal address is missing in the {form}."
                yield Finding("postal address", Severity.ERROR, proof.where, what, fix)


def check_way_out(flight: Flight) -> Iterator[Finding]:
    """Who wants no more letters finds a link in both forms, and mail programs find theirs in the head."""
    for proof in flight.proofs:
        uri, complaint = _header(proof)
        if complaint:
            fix = "Keep the headers as Askwell writes them; RFC 8058 says what they are."
            yield Finding("unsubscribe", Severity.ERROR, proof.where, complaint, fix)
            continue
        hrefs = {link.attributes["href"] for link in proof.page.links if link.is_seen and link.words.strip()}
        missing = [form for form, has in (("HTML", uri in hrefs), ("plain text", uri in proof.letter.text)) if not has]
        for form in missing:
            what = f"The {form} has no link to unsubscribe."
            fix = "Let the template show a link to {{ unsubscribe_url }}, with a word in it."
            yield Finding("unsubscribe", Severity.ERROR, proof.where, what, fix)


def _header(proof: Proof) -> tuple[str, str]:
    """Return the address that unsubscribes, and what is wrong with its headers."""
    head = message_from_bytes(proof.letter.data)
    lists, posts = head.get_all("List-Unsubscribe", []), head.get_all("List-Unsubscribe-Post", [])
    if len(lists) != 1 or len(posts) != 1:
        return "", "There is not exactly one List-Unsubscribe and one List-Unsubscribe-Post."
    if posts[0].strip() != ONE_CLICK:
        return "", f"List-Unsubscribe-Post is not {ONE_CLICK}."
    addresses = [urlsplit(uri) for uri in URI.findall(lists[0])]
    safe = [each for each in addresses if each.scheme == "https" or each.hostname in LOCAL_HOSTS]
    if len(safe) != 1:
        return "", "List-Unsubscribe has not exactly one https address."
    return safe[0].geturl(), ""


def check_ratings(flight: Flight) -> Iterator[Finding]:
    """Every score can be clicked in the HTML and copied from the plain text."""
    for proof in flight.proofs:
        cells = {each.attributes["data-rating"]: each for each in proof.page.links if "data-rating" in each.attributes}
        for score in flight.definition.scale.scores:
            cell = cells.get(str(score))
            if cell is None or cell.attributes["href"] not in proof.letter.text or not cell.words.strip():
                what = f"The score {score} has no link with words in it in one of the letter's two forms."
                fix = "Let the template write every cell of the rating row, as the classic one does."
                yield Finding("rating", Severity.ERROR, proof.where, what, fix)
