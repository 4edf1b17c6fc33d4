"""What goes in and what comes out: every parcel that is taken gets exactly one outcome."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from campaigns.delivery.smtp.lane import Lane
from campaigns.delivery.wire import Accepted


@dataclass(frozen=True, slots=True)
class Parcel:
    key: int
    sender: str
    recipient: str
    data: bytes  # ready for the wire: CRLF only, dots doubled, CRLF at its end; without the final dot


class Fate(StrEnum):
    TAKEN = "taken"
    LATER = "later"  # a 4xx
    NEVER = "never"  # a 5xx
    SENDER_REFUSED = "sender_refused"  # a 5xx to MAIL FROM
    DOUBT = "doubt"  # the dot may have left, and no clear reply came
    UNSERVED = "unserved"  # certainly not left, through no fault of the letter


@dataclass(frozen=True, slots=True)
class Outcome:
    key: int
    fate: Fate
    reply: Accepted | None
    lane: Lane


class Supply(Protocol):
    def take(self, lane: Lane) -> Parcel | None:
        """Return the next letter of a lane, asked right before its MAIL FROM; None where there is none for now."""
        ...

    def promise(self, intents: list[int], outcomes: list[Outcome]) -> None:
        """Make durable which letters' dots leave next, and what was learnt; called at most once a turn.

        Where it raises, no dot leaves.
        """
        ...
