"""How far an answer is believed, and what speaks against it: a code, its weight, and what was seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How far we believe that a person did this; reference: docs/answers.md."""

    OBSERVED = "observed"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    SUSPECT = "suspect"


class Suspicion(StrEnum):
    """What can speak against an answer; reference: docs/answers.md."""

    # One request shows these by itself.
    PREFETCH = "prefetch"  # a browser fetched it ahead of its person
    BOT_UA = "bot_ua"  # the browser names itself a robot, or does not name itself
    WEBDRIVER = "webdriver"  # the page says that a program drives the browser, or pressed its button
    HASTY = "hasty"  # sent sooner than most can read
    HDR = "hdr"  # says it is Chrome, and does not speak like it
    DC_NET = "dc_net"  # from a network that the operator named
    # These take the company of other visits to the same letter.
    BURST = "burst"  # several scores, or many links, within a minute
    TRAP = "trap"  # the same client followed a link that no person follows
    SHADOW = "shadow"  # another client was at the same letter at that time; no more than a remark
    # These take the clock of the letter, and the company of other letters.
    PRE_DELIVERY = "pre_delivery"  # before the mail server had taken the letter
    FAST = "fast"  # within seconds of it
    FANOUT = "fanout"  # the same network visited letters to many domains at that time
    # These are said by people.
    REJECTED = "rejected"  # somebody of the staff said that no person gave it


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks against an answer, and by what it is known; never an address."""

    code: Suspicion
    weight: int
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code.value, "weight": self.weight, **self.evidence}


@dataclass(frozen=True, slots=True)
class Sign:
    """What a rule file saw: a code and its evidence, not weighed yet."""

    code: Suspicion
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How far one answer is believed, and everything that speaks against it."""

    level: Level
    reasons: tuple[Reason, ...] = ()
