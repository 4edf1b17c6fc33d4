"""What a browser says of itself: whether it is a robot, which Chrome it is, and on what it runs."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

ROBOTS = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|preview|headless|phantomjs|facebookexternalhit|googleimageproxy|scanner"
    r"|python|curl|wget|libwww|java/|okhttp|go-http-client|node-fetch|axios|scrapy|httpclient",
    re.IGNORECASE,
)  # Cubot makes telephones
CHROME = re.compile(r"\bChrom(?:e|ium)/(\d{1,4})\b")
# The first that fits: an iPhone says Mac OS X too, and a telephone with Android says Linux.
SYSTEMS = (
    ("ios", re.compile(r"iPhone|iPad|iPod")),
    ("android", re.compile(r"Android")),
    ("windows", re.compile(r"Windows")),
    ("macos", re.compile(r"Mac OS X|Macintosh")),
    ("linux", re.compile(r"Linux|X11|CrOS")),
)
KNOWN_CHROME, SINCE = 142, datetime(2025, 10, 28, tzinfo=UTC)
A_VERSION = timedelta(days=28)  # what there is between two at least; where they come faster, the rule is milder


@lru_cache(1024)
def is_robot(user_agent: str) -> bool:
    return not user_agent.strip() or ROBOTS.search(user_agent) is not None


@lru_cache(1024)
def chrome_of(user_agent: str) -> int | None:
    """Return the version of Chrome that a browser claims to be, or to be made of."""
    found = CHROME.search(user_agent)
    return int(found[1]) if found else None


@lru_cache(1024)
def system_of(user_agent: str) -> str:
    return next((name for name, pattern in SYSTEMS if pattern.search(user_agent)), "")


def newest_chrome(at: datetime) -> int:
    """Return the version that was the newest at a time, by the calendar they come by."""
    return KNOWN_CHROME + max(0, (at - SINCE) // A_VERSION)
