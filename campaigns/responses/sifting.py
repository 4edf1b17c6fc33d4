"""A comment that looks sent by a machine is held for the merchant to read, with its reasons; none is thrown away."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from campaigns.catalog.survey import clean_text

LONGEST_COMMENT = 2000
SOONEST = timedelta(seconds=3)  # between seeing the box and sending a comment
LONGEST_OPEN = timedelta(hours=24)
TOLD_APART_FROM = 20  # characters: "Great!" is written by many people
MOST_MARKS = 4  # on one letter; Vietnamese, Hebrew and Arabic need no more
LINK = re.compile(
    r"https?://|www\.|\[url|<a\s|\b[\w-]+\.(?:com|net|org|info|biz|ru|cn|xyz|top|shop|online|site)\b", re.I
)


class CommentLevel(StrEnum):
    CONFIRMED = "confirmed"
    HELD = "held"
    REJECTED = "rejected"  # by a person


class Doubt(StrEnum):
    TRAP = "trap"  # a field was filled in that nobody sees
    HASTY = "hasty"  # sent sooner than anybody writes
    ROBOT = "robot"  # the browser names itself a robot, or says that a program drives it
    LINKS = "links"  # several links
    LINK = "link"
    REPEATED = "repeated"  # the same words came before
    UNTOUCHED = "untouched"  # no key and no finger, or no script to notice them


WEIGHTS = dict.fromkeys(Doubt, 3) | {Doubt.LINK: 2, Doubt.UNTOUCHED: 1}
HELD_FROM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of a comment that was sent."""

    text: str
    name: str
    trap: str
    age: timedelta
    is_touched: bool
    is_robot: bool
    is_repeated: bool


@dataclass(frozen=True, slots=True)
class Sifted:
    level: CommentLevel
    doubts: tuple[Doubt, ...]


def sift(told: Told) -> Sifted:
    """Say whether a comment is shown at once or held, and why."""
    doubts = tuple(_doubts(told))
    is_held = sum(WEIGHTS[doubt] for doubt in doubts) >= HELD_FROM
    return Sifted(CommentLevel.HELD if is_held else CommentLevel.CONFIRMED, doubts)


def _doubts(told: Told) -> Iterable[Doubt]:
    if told.trap.strip():
        yield Doubt.TRAP
    if told.age < SOONEST:
        yield Doubt.HASTY
    if told.is_robot:
        yield Doubt.ROBOT
    links = len(LINK.findall(f"{told.name} {told.text}"))
    if links:
        yield Doubt.LINKS if links > 1 or LINK.search(told.name) else Doubt.LINK
    if told.is_repeated:
        yield Doubt.REPEATED
    if not told.is_touched:
        yield Doubt.UNTOUCHED


def clean_comment(text: str) -> str:
    """Return a comment as survey texts are cleaned, with no letter under a pile of marks, cut to length."""
    return _without_piles(clean_text(text))[:LONGEST_COMMENT].strip()


def digest_of(text: str) -> str:
    """Return what is the same for the same words, however they are spaced and capitalised; "" for a few words."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(plain.encode()).hexdigest() if len(plain) >= TOLD_APART_FROM else ""


def _without_piles(text: str) -> str:
    if text.isascii():
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)
