"""The words of a letter that others wrote, or that differ from letter to letter: each one harmless line, or nothing."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from campaigns.composition.letter import LetterFacts
from campaigns.composition.line import one_line, person_name
from campaigns.composition.subject import own_preheader
from campaigns.composition.theme import theme_of
from campaigns.errors import RenderingError
from campaigns.languages import Language, speak
from campaigns.merchants.look import Tone
from campaigns.settings import LOCAL_HOSTS

SHOWN = {"product-card": 3}  # how many products a template names; one where it stands not here
LONGEST_URL = 1000  # an address longer than that carries more than a picture
PLAIN_PICTURE = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*/[!-~]*")


class Leaves(NamedTuple):
    """Each is one leaf, but for the last three."""

    merchant: str
    first_name: str
    addressed: str  # as the greeting names them: by the first name, or formally by the whole
    order_id: str
    bought: str  # the day, written out
    paid: str
    closes_on: str
    token: str
    accent: str
    on_dark: str
    second: str
    second_on_dark: str
    logo: str  # https, or empty
    signature: str
    preheader: str
    names: tuple[str, ...]  # of the products a letter shows
    pictures: tuple[str, ...]  # of the same: https, or empty
    postal: tuple[str, ...]

    @property
    def flat(self) -> tuple[str, ...]:
        return (*self[:-3], *self.names, *self.pictures, *self.postal)

    def turned(self, turn: Callable[[int, str], str]) -> "Leaves":
        """Return these with each that is something turned into what `turn` makes of its place and itself."""
        flat = iter([turn(place, words) if words else "" for place, words in enumerate(self.flat)])
        several = self[-3:]
        return Leaves._make([*islice(flat, len(self) - 3), *(tuple(islice(flat, len(each))) for each in several)])


def leaves_of(facts: LetterFacts, token: str, language: Language) -> Leaves:
    """Gather the words of a letter; raises RenderingError where the law wants some that there are not."""
    postal = _postal(facts.postal_address, language.tag)
    if not postal:
        raise RenderingError("The merchant has no postal address, which the law wants in every letter.")
    products = _products(facts.items, SHOWN.get(facts.definition.template, 1))
    theme = theme_of(facts.look.accent, facts.look.second)
    merchant, first_name = one_line(facts.merchant_name), person_name(facts.first_name)
    return Leaves(
        merchant=merchant,
        first_name=first_name,
        addressed=_whole_name(facts) if facts.look.tone is Tone.FORMAL else first_name,
        order_id=one_line(facts.order_id, 40),
        bought=language.date(facts.purchased_at, facts.timezone) if facts.purchased_at else "",
        paid=language.money(facts.total, facts.currency) if facts.total is not None else "",
        closes_on=language.date(facts.closes_at, facts.timezone),
        token=token,
        accent=theme.accent,
        on_dark=theme.on_dark,
        second=theme.second,
        second_on_dark=theme.second_on_dark,
        logo=_picture(facts.look.logo_url),
        signature=one_line(facts.look.signature) or merchant,
        preheader=own_preheader(facts),
        names=tuple([name for name, _ in products]),
        pictures=tuple([picture for _, picture in products]),
        postal=postal,
    )


def _whole_name(facts: LetterFacts) -> str:
    first, last = person_name(facts.first_name), person_name(facts.last_name)
    return f"{first} {last}" if first and last else first or last


@lru_cache(maxsize=1000)
def _postal(address: str, tag: str) -> tuple[str, ...]:
    language = speak(tag)
    return tuple(language.isolated(line) for part in address.splitlines() if (line := one_line(part)))


def _products(items: tuple[Mapping[str, Any], ...], most: int) -> list[tuple[str, str]]:
    """Return name and picture of what the letter shows: the first things bought that have a name."""
    products: list[tuple[str, str]] = []
    for item in items:
        if len(products) < most and (name := one_line(_text(item, "name"), 100)):
            products.append((name, _picture(_text(item, "image_url"))))
    return products


def _picture(url: str) -> str:
    """Return the address of a picture, or nothing where it is not plainly one over https."""
    if not url or len(url) > LONGEST_URL:
        return ""
    return url if PLAIN_PICTURE.fullmatch(url) else _odd_picture(url)


def _odd_picture(url: str) -> str:
    if not url.isprintable() or " " in url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS)
    return url if is_safe and parts.hostname and "@" not in parts.netloc else ""


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""
