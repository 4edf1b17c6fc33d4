"""The weights and the thresholds of all rules are one value with a version, and a file can say others."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any

from campaigns.clock import parse_duration
from campaigns.errors import InvalidRules
from campaigns.responses.signs.reason import Suspicion

S = Suspicion
BUILT_IN = "1"  # raised whenever a rule, a weight or a threshold changes
LONGEST_VERSION = 40
WEIGHTS: Mapping[Suspicion, int] = {
    **{S.PREFETCH: 3, S.BOT_UA: 3, S.WEBDRIVER: 3, S.HASTY: 3, S.BURST: 3, S.TRAP: 3, S.PRE_DELIVERY: 3},
    **{S.FANOUT: 2, S.FAST: 1, S.HDR: 1, S.DC_NET: 1, S.SHADOW: 0, S.REJECTED: 3},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How much each sign weighs, and where it begins; reference: docs/answers.md."""

    version: str = BUILT_IN
    weights: Mapping[Suspicion, int] = field(default_factory=lambda: WEIGHTS)
    suspect_from: int = 3
    hasty_press: int = 2  # what haste weighs against a pressed button; a burst of such presses does the rest
    hold: timedelta = timedelta(minutes=15)  # for which one click waits before it counts
    soonest: timedelta = timedelta(seconds=0.5)
    burst_within: timedelta = timedelta(seconds=60)
    burst_scores: int = 2
    burst_links: int = 3
    traps: frozenset[str] = frozenset()  # links that no person follows beside a rating: none by themselves
    trap_within: timedelta = timedelta(minutes=10)
    shadow_within: timedelta = timedelta(seconds=60)
    fast_within: timedelta = timedelta(seconds=10)
    # A server may take ten minutes to say that it took a letter (RFC 5321, 4.5.3.2.6), and scan it meanwhile.
    before_within: timedelta = timedelta(minutes=10)
    fanout_within: timedelta = timedelta(minutes=10)
    fanout_domains: int = 3
    chrome_from: int = 90  # from which on it surely names its language and what it fetches for
    chrome_behind: int = 12  # versions behind the newest that few people are


RULES = Rules()
A_DAY = timedelta(days=1)
MOST = 1000


def read_rules(text: str, where: str = "rules file") -> tuple[Rules, dict[str, Any]]:
    """Read TOML; returns the rules and what the file said. Raises InvalidRules, which names the key."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidRules(f"{where}: this is not TOML: {error}.") from None
    return rules_of(said, where), said


def rules_of(said: Mapping[str, Any], where: str = "stored rules") -> Rules:
    """Return the built-in rules with what a file says instead; nothing said is the built-in ones."""
    values = {name: _read(name, value, where) for name, value in said.items()}
    if values and "version" not in values:
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:8]
        values["version"] = f"{BUILT_IN}+{digest}"
    return replace(RULES, **values)


def _read(name: str, value: object, where: str) -> Any:
    known = {each.name for each in fields(Rules)}
    if name not in known:
        raise InvalidRules(f"{where}: {name} is not a rule; the rules are {', '.join(sorted(known))}.")
    reader, what = _READERS[type(getattr(RULES, name))]
    try:
        return reader(value)
    except (ValueError, TypeError, AttributeError):
        raise InvalidRules(f"{where}: {name} is {value!r}; it is {what}.") from None


def _version(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_VERSION or not value.isprintable():
        raise ValueError
    return value.strip()


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        raise ValueError
    return value


def _span(value: object) -> timedelta:
    """Read "PT15M", or seconds."""
    if isinstance(value, bool):
        raise ValueError
    span = timedelta(seconds=value) if isinstance(value, int | float) else parse_duration(str(value))
    if not timedelta() <= span <= A_DAY:
        raise ValueError
    return span


def _names(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError
    return frozenset(value)


def _weights(value: object) -> Mapping[Suspicion, int]:
    if not isinstance(value, dict):
        raise ValueError
    return {**WEIGHTS, **{Suspicion(code): _count(weight) for code, weight in value.items()}}


_READERS: Mapping[type, tuple[Callable[[object], Any], str]] = {
    str: (_version, f"a line of at most {LONGEST_VERSION} characters"),
    int: (_count, f"a whole number from 0 to {MOST}"),
    timedelta: (_span, 'a duration of at most a day, like "PT15M", or a number of seconds'),
    frozenset: (_names, 'a list of links, like ["unsubscribe"]'),
    dict: (_weights, "a table of reasons and their weights, like { fast = 0 }"),
}
