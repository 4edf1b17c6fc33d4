"""Why an answer was held back, in words that name what was seen."""

from collections.abc import Callable, Mapping
from typing import Any

from campaigns.responses.signs.reason import Suspicion

S = Suspicion
Evidence = Mapping[str, Any]
MISSING = {"language": "its language", "fetch": "what it fetched the page for"}


def in_words(reason: Evidence) -> str:
    """Say one reason as a response keeps it."""
    try:
        say = _SENTENCES[Suspicion(reason["code"])]
    except (KeyError, ValueError):
        return "Something spoke against it that this version does not know."
    return say(reason)


def _webdriver(reason: Evidence) -> str:
    if reason.get("beside"):
        return "The same visitor’s browser was driven by a program at that time."
    if reason.get("no_hand"):
        return "The button was pressed, but nobody touched the page."
    return "The page was driven by a program."


def _hdr(reason: Evidence) -> str:
    if "chrome" in reason:
        return f"The browser says it is Chrome {reason['chrome']}, which hardly anybody has any more."
    named = " or ".join(MISSING.get(each, each) for each in reason.get("missing", ()))
    return f"The browser says it is Chrome, but not {named or 'what Chrome says'}."


def _burst(reason: Evidence) -> str:
    if "links" not in reason:
        return "Several scores were told within a minute."
    scores = f", {reason['scores']} different scores among them" if reason.get("scores", 0) > 1 else ""
    return f"{reason['links']} links of the letter were opened within {_seconds(reason)}{scores}."


def _seconds(reason: Evidence) -> str:
    seconds = reason.get("seconds", 0)
    return "one second" if seconds <= 1 else f"{seconds} seconds"


_SENTENCES: Mapping[Suspicion, Callable[[Evidence], str]] = {
    S.PREFETCH: lambda _: "The browser fetched it ahead of its person.",
    S.BOT_UA: lambda _: "The browser names itself a robot, or does not name itself.",
    S.WEBDRIVER: _webdriver,
    S.HASTY: lambda it: f"It was sent {it.get('milliseconds', 'a few')} milliseconds after the page was shown.",
    S.HDR: _hdr,
    S.DC_NET: lambda _: "It came from a network on this installation’s list.",
    S.BURST: _burst,
    S.TRAP: lambda it: f"The same visitor opened the link “{it.get('link', '')}”, which people do not beside a rating.",
    S.SHADOW: lambda _: "Somebody else opened the letter at the same time from another network.",
    S.PRE_DELIVERY: lambda it: f"It came {_seconds(it)} before the mail server had taken the letter.",
    S.FAST: lambda it: f"It came {_seconds(it)} after the letter left.",
    S.FANOUT: lambda it: f"The same network opened letters to {it.get('domains', 'many')} domains within minutes.",
    S.REJECTED: lambda _: "Somebody of the staff said that no person gave it.",
}
