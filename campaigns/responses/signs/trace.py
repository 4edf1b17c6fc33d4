"""A trace is what is known of one visit to one letter; around it lies what other rows know of that moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaigns.catalog.condition import Answer
from campaigns.responses.signs.reason import Level, Suspicion

LONGEST_PURPOSE = 60  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one request shows of who made it; None where it could not be seen."""

    method: str
    user_agent: str
    purpose: str = ""  # Sec-Purpose, Purpose and X-Moz, as sent
    claim: Level | None = None  # what the page's script says of itself; None where the button was pressed
    is_webdriver: bool = False
    page_age: timedelta | None = None  # how long the page had been open; None where nothing was sent
    by_hand: bool | None = None  # False: the page's script saw the button pressed, and no hand near it
    names_language: bool | None = None  # Accept-Language was sent
    names_fetch: bool | None = None  # Sec-Fetch-* was sent
    names_hints: bool | None = None  # Sec-CH-UA was sent
    is_listed: bool = False  # from a network that the operator named
    network: str = ""  # keyed digest of the network, "" where there is none to tell by

    @property
    def is_press(self) -> bool:
        """Whether it sent the page, and not the page itself by its script."""
        return self.method == "POST" and self.claim is not Level.PROVISIONAL

    def facts(self) -> dict[str, Any]:
        """Return what a hit keeps beside its columns, so that it can be judged again."""
        age = None if self.page_age is None else round(self.page_age / timedelta(milliseconds=1))
        facts = {
            "purpose": self.purpose[:LONGEST_PURPOSE] or None,
            "claim": self.claim and self.claim.value,
            "webdriver": self.is_webdriver or None,
            "age_ms": age,
            "by_hand": self.by_hand,
            "language": self.names_language,
            "fetch": self.names_fetch,
            "hints": self.names_hints,
            "listed": self.is_listed or None,
        }
        return {name: value for name, value in facts.items() if value is not None}


def visit_again(method: str, user_agent: str, facts: Mapping[str, Any], network: str = "") -> Visit:
    """Return a visit as it was when its facts were kept."""
    age, claim = facts.get("age_ms"), facts.get("claim")
    return Visit(
        method=method,
        user_agent=user_agent,
        purpose=facts.get("purpose", ""),
        claim=Level(claim) if claim else None,
        is_webdriver=facts.get("webdriver", False),
        page_age=None if age is None else timedelta(milliseconds=age),
        by_hand=facts.get("by_hand"),
        names_language=facts.get("language"),
        names_fetch=facts.get("fetch"),
        names_hints=facts.get("hints"),
        is_listed=facts.get("listed", False),
        network=network,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One visit, at its place among the others to the same letter."""

    hit_id: int
    message_id: int
    link: str
    is_answer: bool
    score: int | None
    answers: Mapping[str, Answer] | None = None  # None: only the score was sent
    at: datetime
    visit: Visit
    # What the door believed of visits whose facts it did not keep; None: judge by the visit.
    belief: tuple[Level, tuple[Suspicion, ...]] | None = None

    @property
    def place(self) -> tuple[str, int | None]:
        """Return the link as a scanner counts links: each score is one."""
        return self.link, self.score


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What else was going on: when the letters left, and how many domains a visit's network was seen at."""

    sent_at: Mapping[int, datetime] = field(default_factory=dict)  # by message id
    domains: Mapping[int, int] = field(default_factory=dict)  # by hit id; missing: not known
