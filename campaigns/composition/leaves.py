"""The words of a letter that others wrote, or that differ from letter to letter: each one harmless line, or nothing."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from campaigns.composition.letter import LetterFacts
from campaigns.composition.line import one_line, person_name
from campaigns.composition.theme import theme_of
from campaigns.errors import RenderingError
from campaigns.languages import Language, speak
from campaigns.settings import LOCAL_HOSTS

LONGEST_URL = 1000  # an address longer than that carries more than a picture
PLAIN_PICTURE = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*/[!-~]*")


class Leaves(NamedTuple):
    merchant: str
    first_name: str
    product: str
    picture: str  # https, or empty
    order_id: str
    bought: str  # the day, written out
    paid: str
    closes_on: str
    token: str
    accent: str
    on_dark: str
    postal: tuple[str, ...]

    @property
    def flat(self) -> tuple[str, ...]:
        return (*self[:-1], *self.postal)

    def turned(self, turn: Callable[[int, str], str]) -> "Leaves":
        """Return these with each that is something turned into what `turn` makes of its place and itself."""
        flat = [turn(place, words) if words else "" for place, words in enumerate(self.flat)]
        named = len(self) - 1
        return Leaves._make([*flat[:named], tuple(flat[named:])])


def leaves_of(facts: LetterFacts, token: str, language: Language) -> Leaves:
    """Gather the words of a letter; raises RenderingError where the law wants some that there are not."""
    postal = _postal(facts.postal_address, language.tag)
    if not postal:
        raise RenderingError("The merchant has no postal address, which the law wants in every letter.")
    product, picture = _product(facts.items)
    theme = theme_of(facts.accent)
    return Leaves(
        merchant=one_line(facts.merchant_name),
        first_name=person_name(facts.first_name),
        product=product,
        picture=picture,
        order_id=one_line(facts.order_id, 40),
        bought=language.date(facts.purchased_at, facts.timezone) if facts.purchased_at else "",
        paid=language.money(facts.total, facts.currency) if facts.total is not None else "",
        closes_on=language.date(facts.closes_at, facts.timezone),
        token=token,
        accent=theme.accent,
        on_dark=theme.on_dark,
        postal=postal,
    )


@lru_cache(maxsize=1000)
def _postal(address: str, tag: str) -> tuple[str, ...]:
    language = speak(tag)
    return tuple(language.isolated(line) for part in address.splitlines() if (line := one_line(part)))


def _product(items: tuple[Mapping[str, Any], ...]) -> tuple[str, str]:
    """Return name and picture of what the letter names: the first thing bought that has a name."""
    for item in items:
        if name := one_line(_text(item, "name"), 100):
            return name, _picture(_text(item, "image_url"))
    return "", ""


def _picture(url: str) -> str:
    """Return the address of a picture, or nothing where it is not plainly one over https."""
    if len(url) > LONGEST_URL:
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
