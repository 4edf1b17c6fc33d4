"""Which letter a mail is about: by proof that only who held it has, or by an address, which proves nothing.

Anybody can write a bounce that names an address. So an address alone finds a letter only where there
is no doubt which, and what then follows is never more than a soft bounce.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery.inbound.finding import Finding, Sort
from campaigns.delivery.inbound.parse import Parsed
from campaigns.delivery.inbound.verp import Named, ReturnPaths, Way
from campaigns.delivery.tracing import Letter, letter_proven, letter_with, names_in, only_letter_to, people_at
from campaigns.delivery.tracing import Named as Marked
from campaigns.errors import InvalidToken
from campaigns.merchants.merchant import Merchant
from campaigns.tokens import Purpose, Tokens

STOP_LINK = re.compile(r"/u/([A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{20,100})")
MOST_NAMES = 20  # of letters in one mail that are looked up
RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to", "cc")
BY_PEOPLE = frozenset({Sort.REPLY, Sort.UNSUBSCRIBE})


class Proof(StrEnum):
    RETURN_PATH = "return_path"  # the mail came to an address made for this letter
    LINK = "link"  # it holds the letter's unsubscribe link
    MESSAGE_ID = "message_id"
    ADDRESS = "address"  # no proof


class Keys(NamedTuple):
    """What proofs are read with."""

    paths: ReturnPaths
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """The letter a mail is about."""

    letter: Letter
    proof: Proof
    was_replied_to: bool = False  # the mail came to the letter's own address for replies


def find_letter(session: Session, keys: Keys, mail: Parsed, finding: Finding, now: datetime) -> Traced | None:
    """Return the letter a mail is about; None where it names none, or none that exists."""
    recipients = [named for value in mail.head.all(*RECIPIENTS) if (named := keys.paths.first_in(value))]
    is_by_person = finding.sort in BY_PEOPLE and finding.source == "reply"
    for proof, letter in _proven(session, _signed(keys, mail, recipients, is_by_person), _marked(mail, is_by_person)):
        return Traced(letter=letter, proof=proof, was_replied_to=Named(Way.REPLIES, letter.id) in recipients)
    if finding.sort is not Sort.BOUNCE:
        return None
    people = people_at(session.scalars(select(Merchant.id)).all(), finding.address)
    sole = only_letter_to(session, people, now) if people else None
    return Traced(letter=sole, proof=Proof.ADDRESS) if sole else None


def _proven(
    session: Session, signed: Iterable[tuple[Proof, int]], marked: Iterable[Marked]
) -> Iterator[tuple[Proof, Letter]]:
    """Yield the letters that are proven, by what proves most first."""
    for proof, message_id in signed:
        if letter := letter_with(session, message_id):
            yield proof, letter
    for named in marked:
        if letter := letter_proven(session, named):
            yield Proof.MESSAGE_ID, letter


def _signed(keys: Keys, mail: Parsed, recipients: list[Named], is_by_person: bool) -> Iterator[tuple[Proof, int]]:
    """Name the letters that a mail shows our signature of; what a person quotes proves nothing of what they mean."""
    yield from ((Proof.RETURN_PATH, named.message_id) for named in recipients)
    if is_by_person:
        return
    if named := keys.paths.first_in(mail.source):
        yield Proof.RETURN_PATH, named.message_id
    for token in _few(found[1] for found in STOP_LINK.finditer(mail.source)):
        try:
            yield Proof.LINK, keys.tokens.read_letter(token, Purpose.UNSUBSCRIBE)
        except InvalidToken:
            continue


def _marked(mail: Parsed, is_by_person: bool) -> list[Marked]:
    """Return the letters that a mail names by their Message-IDs, the likeliest first."""
    texts = mail.returned.all("message-id") if mail.returned else []
    texts += mail.head.all("in-reply-to", "references")
    texts += [] if is_by_person else [mail.source]
    return _few(named for text in texts for named in names_in(text))


def _few(found: Iterable[Any]) -> list[Any]:
    few: dict[Any, None] = {}
    for each in found:
        few.setdefault(each)
        if len(few) >= MOST_NAMES:
            break
    return list(few)
