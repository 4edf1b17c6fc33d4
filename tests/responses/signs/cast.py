"""Visits to one letter, as short as a table wants them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.responses.signs.reason import Judgement, Level
from campaigns.responses.signs.rules import RULES, Rules
from campaigns.responses.signs.trace import Around, Trace, Visit
from campaigns.responses.trust import judge

SENT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{}.0.0.0 Safari/537.36"
READ = timedelta(seconds=3)


def visit(method: str = "POST", claim: Level | None = Level.PROVISIONAL, **values: Any) -> Visit:
    blank: dict[str, Any] = {"user_agent": PHONE, "page_age": READ, "network": "home"}
    blank |= {"names_language": True, "names_fetch": True, "names_hints": True}
    return Visit(method=method, claim=claim, **{**blank, **values})


def look(at: float, link: str = "rate", score: int | None = 4, **values: Any) -> Trace:
    """Return a look at a link, so many seconds after the letter left."""
    seen = visit(**{"method": "GET", "claim": None, "page_age": None, **values})
    return _trace(at, link, score, seen, is_answer=False)


def told(at: float, score: int = 4, **values: Any) -> Trace:
    """Return what a page told by itself."""
    return _trace(at, "rate", score, visit(**values), is_answer=True)


def pressed(at: float, score: int = 4, **values: Any) -> Trace:
    return _trace(at, "survey", score, visit(claim=None, **values), is_answer=True)


def _trace(at: float, link: str, score: int | None, seen: Visit, *, is_answer: bool) -> Trace:
    moment = SENT + timedelta(seconds=at)
    hit_id = round(at * 1000) + 1_000_000
    return Trace(hit_id=hit_id, message_id=7, link=link, is_answer=is_answer, score=score, at=moment, visit=seen)


def verdict(one: Trace, *others: Trace, rules: Rules = RULES, domains: int = 1) -> Judgement:
    """Judge one answer in its company."""
    around = Around(sent_at={7: SENT}, domains={one.hit_id: domains})
    return judge([*others, one], around, rules)[one.hit_id]


def codes(found: Judgement) -> set[str]:
    return {reason.code.value for reason in found.reasons}
