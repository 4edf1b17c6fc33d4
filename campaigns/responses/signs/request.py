"""What one request shows by itself, whoever else came."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from campaigns.responses.signs.browser import chrome_of, is_robot, newest_chrome
from campaigns.responses.signs.reason import Sign, Suspicion
from campaigns.responses.signs.rules import Rules
from campaigns.responses.signs.trace import Visit


def in_request(visit: Visit, at: datetime | None, rules: Rules) -> Iterable[Sign]:
    """Tell what speaks against one request."""
    purpose = visit.purpose.lower()
    if "prefetch" in purpose or "prerender" in purpose:
        yield Sign(Suspicion.PREFETCH)
    if is_robot(visit.user_agent):
        yield Sign(Suspicion.BOT_UA)
    if visit.is_webdriver:
        yield Sign(Suspicion.WEBDRIVER)
    elif visit.is_press and visit.by_hand is False:
        yield Sign(Suspicion.WEBDRIVER, {"no_hand": True})
    if visit.page_age is not None and visit.page_age < rules.soonest:
        yield Sign(Suspicion.HASTY, {"milliseconds": round(visit.page_age / timedelta(milliseconds=1))})
    yield from _headers(visit, at, rules)
    if visit.is_listed:
        yield Sign(Suspicion.DC_NET)


def _headers(visit: Visit, at: datetime | None, rules: Rules) -> Iterable[Sign]:
    """A scanner that borrows Chrome's name often forgets what else Chrome says, or keeps the name for years."""
    version = chrome_of(visit.user_agent)
    if version is None:
        return
    if version >= rules.chrome_from:
        missing = {"language": visit.names_language, "fetch": visit.names_fetch}
        if names := [name for name, is_named in missing.items() if is_named is False]:
            yield Sign(Suspicion.HDR, {"missing": names})
            return
    if at is not None and newest_chrome(at) - version > rules.chrome_behind:
        yield Sign(Suspicion.HDR, {"chrome": version})
