"""Reads what a campaign file offers as thanks; an offer that hangs on the score is refused, with the rule it breaks."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from campaigns.catalog.question_file import Fail, read_texts
from campaigns.catalog.thanks import NOTHING, Deliver, Incentive, Offer, Review, ReviewSite

INCENTIVE_KEYS = {"pool", "code", "deliver", "until", "text", "conditions"}
REVIEW_KEYS = {"site", "url"}
MOST_REVIEWS = 4
LONGEST_CODE = 100
LONGEST_URL = 500
POOL = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
GATE = re.compile(r"when|if|unless|score|rating|star|nps|csat|promoter|detractor|sentiment|only|above|below|min|max")
NO_REWARD_FOR_A_SCORE = (
    "who answers is thanked, whatever they answered: 16 CFR 465.4 (US FTC), the EU's UCPD Annex I 23b and 23c, and "
    "the review platforms forbid rewards for a sentiment; see docs/thanks.md"
)
NO_GATE = (
    "everybody is asked alike, at every score: asking only the pleased misleads under section 5 of the FTC Act "
    "(see 16 CFR 465.7 on review suppression) and UCPD Annex I 23c, and Google, Trustpilot and Tripadvisor forbid it; "
    "see docs/thanks.md"
)
COUNTRY = r"(?:[a-z]{2,3}|com?\.[a-z]{2})"
HOSTS: dict[ReviewSite, tuple[re.Pattern[str], str]] = {
    ReviewSite.GOOGLE: (
        re.compile(rf"g\.page|maps\.app\.goo\.gl|search\.google\.com|(?:www|maps)\.google\.{COUNTRY}"),
        "https://g.page/…, https://search.google.com/local/writereview?… or https://maps.app.goo.gl/…",
    ),
    ReviewSite.TRUSTPILOT: (re.compile(r"(?:[a-z]{2,3}\.)?trustpilot\.com"), "https://www.trustpilot.com/evaluate/…"),
    ReviewSite.YELP: (re.compile(rf"(?:(?:www|m)\.)?yelp\.{COUNTRY}"), "https://www.yelp.com/biz/…"),
    ReviewSite.TRIPADVISOR: (
        re.compile(rf"(?:(?:www|[a-z]{{2}})\.)?tripadvisor\.{COUNTRY}"),
        "https://www.tripadvisor.com/…",
    ),
    ReviewSite.OWN: (re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z0-9-]{2,}"), "https://shop.example/reviews"),
}
Word = TypeVar("Word", bound=StrEnum)


def read_offer(value: object, fail: Fail) -> Offer:
    """Read the table [thanks]; nothing is offered without one."""
    if value is None:
        return NOTHING
    table = _table(value, "thanks", {"incentive", "review"}, fail, NO_GATE)
    return Offer(
        incentive=_incentive(table["incentive"], fail) if "incentive" in table else None,
        reviews=_reviews(table.get("review", []), fail),
    )


def _table(value: object, where: str, keys: set[str], fail: Fail, law: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise fail(where, f"is {value!r}", f"it is a table with {', '.join(sorted(keys))}")
    for name in value:
        if name in keys:
            continue
        if GATE.search(name.lower()):
            raise fail(f"{where}, {name}", "makes an offer depend on the answer", law)
        raise fail(f"{where}, {name}", "is not a key of it", f"the keys are {', '.join(sorted(keys))}")
    return value


def _incentive(value: object, fail: Fail) -> Incentive:
    where = "thanks.incentive"
    table = _table(value, where, INCENTIVE_KEYS, fail, NO_REWARD_FOR_A_SCORE)
    pool, code = table.get("pool", ""), table.get("code", "")
    for name, each in (("pool", pool), ("code", code)):
        if isinstance(each, dict | list):  # one for each score, say
            raise fail(f"{where}, {name}", "is not one for everybody", NO_REWARD_FOR_A_SCORE)
    if bool(pool) == bool(code):
        raise fail(
            where, "has both a pool and a code, or neither", "codes come from a pool, or one code is everybody's"
        )
    if pool and not (isinstance(pool, str) and POOL.fullmatch(pool)):
        raise fail(f"{where}, pool", f"is {pool!r}", "it is a word of small letters, digits, - and _")
    if code and not (isinstance(code, str) and is_code(code)):
        raise fail(f"{where}, code", "is no code", f"it is one line of up to {LONGEST_CODE} characters")
    return Incentive(
        pool=pool,
        code=code,
        text=read_texts(table.get("text"), f"{where}, text", fail),
        conditions=read_texts(table.get("conditions", {}), f"{where}, conditions", fail),
        until=_until(table.get("until"), f"{where}, until", fail),
        deliver=_word(table.get("deliver", Deliver.PAGE.value), Deliver, f"{where}, deliver", fail),
    )


def is_code(text: str) -> bool:
    """Whether something can be a code: one visible line."""
    return 0 < len(text) <= LONGEST_CODE and text.isprintable() and text == text.strip()


def _until(value: object, where: str, fail: Fail) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _not_a_day()
    except ValueError:
        raise fail(where, f"is {value!r}", "it is a day like 2026-12-31") from None


def _not_a_day() -> date:
    raise ValueError


def _word(value: Any, words: type[Word], where: str, fail: Fail) -> Word:
    try:
        return words(value)
    except ValueError:
        raise fail(where, f"is {value!r}", f"it is one of {', '.join(words)}") from None


def _reviews(value: object, fail: Fail) -> tuple[Review, ...]:
    if not isinstance(value, list) or len(value) > MOST_REVIEWS:
        raise fail(
            "thanks.review", "is no list of review sites", f"write up to {MOST_REVIEWS} [[thanks.review]] tables"
        )
    found = tuple(_review(each, f"thanks.review {number}", fail) for number, each in enumerate(value, 1))
    if len({each.site for each in found}) < len(found):
        raise fail("thanks.review", "names a site twice", "each site stands there once")
    return found


def _review(value: object, where: str, fail: Fail) -> Review:
    table = _table(value, where, REVIEW_KEYS, fail, NO_GATE)
    site = _word(table.get("site"), ReviewSite, f"{where}, site", fail)
    url = table.get("url")
    pattern, example = HOSTS[site]
    if not isinstance(url, str) or not _is_of(pattern, url):
        raise fail(f"{where}, url", f"is {url!r}", f"for {site} it looks like {example}")
    return Review(site=site, url=url)


def _is_of(host: re.Pattern[str], url: str) -> bool:
    """Whether an address is https and of a host that fits: no user, no port, no redirect of Google's."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or set(url) & set(" \\<>\"'`"):
        return False
    try:
        parts = urlsplit(url)
        name = parts.hostname or ""
        is_plain = parts.scheme == "https" and parts.netloc.lower() == name
    except ValueError:
        return False
    leads_away = name.startswith("www.google.") and not parts.path.startswith(("/maps", "/search"))
    return is_plain and not leads_away and host.fullmatch(name) is not None
