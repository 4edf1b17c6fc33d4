"""What a letter's template is given: flattened lines, dates written out, and every link ready made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from campaigns.catalog.scale import ScaleName
from campaigns.composition.letter import LetterFacts, SignInFacts
from campaigns.composition.line import one_line, person_name
from campaigns.composition.theme import theme_of
from campaigns.composition.words import RatingWords, rating_words
from campaigns.languages import Language
from campaigns.links import Links
from campaigns.merchants.sign_in import VALID_FOR
from campaigns.settings import LOCAL_HOSTS

WRAPS_AFTER = 6  # cells of 44 px that fit beside each other on a phone of 360 px
LONGEST_URL = 1000  # an address longer than that carries more than a picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One cell of the rating row."""

    value: int
    mark: str
    word: str
    label: str
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    name: str
    image_url: str  # https, or empty


def letter_view(facts: LetterFacts, links: Links, language: Language) -> dict[str, Any]:
    """Return what the templates of an invitation or a reminder may name."""
    merchant = one_line(facts.merchant_name)
    rating = rating_words(language, facts.definition.scale.name, merchant)
    return {
        **_speech(language),
        "merchant": merchant,
        "first_name": person_name(facts.first_name),
        "product": _product(facts.items),
        "more_count": max(len(facts.items) - 1, 0),
        "order_id": one_line(facts.order_id, 40),
        "details": _details(facts, language),
        "rating": rating,
        "score_rows": _score_rows(facts, links, rating),
        "is_wide": facts.definition.scale.name is ScaleName.NPS11,
        "closes_on": language.date(facts.closes_at, facts.timezone),
        "postal_address": [
            language.isolated(line) for part in facts.postal_address.splitlines() if (line := one_line(part))
        ],
        "unsubscribe_url": links.unsubscribe(facts.message_id),
        "theme": theme_of(facts.accent),
    }


def sign_in_view(facts: SignInFacts, links: Links, language: Language) -> dict[str, Any]:
    """Return what the templates of a sign-in mail may name."""
    return {
        **_speech(language),
        "merchant": one_line(facts.merchant_name),
        "url": links.sign_in(facts.sign_in_id),
        "minutes": int(VALID_FOR.total_seconds() // 60),
        "theme": theme_of(""),
    }


def _speech(language: Language) -> dict[str, Any]:
    return {"_": language.gettext, "ngettext": language.ngettext}


def _product(items: tuple[Mapping[str, Any], ...]) -> Product | None:
    """Return what the letter names: the first thing bought that has a name."""
    for item in items:
        if name := one_line(_text(item, "name"), 100):
            return Product(name=name, image_url=_picture(_text(item, "image_url")))
    return None


def _picture(url: str) -> str:
    """Return the address of a picture, or nothing where it is not plainly one over https."""
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url:
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


def _details(facts: LetterFacts, language: Language) -> list[str]:
    """Return when it was bought and for how much, as far as the shop said."""
    bought = language.date(facts.purchased_at, facts.timezone) if facts.purchased_at else ""
    paid = language.money(facts.total, facts.currency) if facts.total is not None else ""
    return [detail for detail in (bought, paid) if detail]


def _score_rows(facts: LetterFacts, links: Links, rating: RatingWords) -> list[list[Score]]:
    """Return the cells, lowest first; a long scale in two rows that stand beside each other where they can."""
    token = links.answer_token(facts.message_id)
    cells = [
        Score(
            value=score,
            mark=rating.mark(score),
            word=rating.word(score),
            label=rating.label(score),
            title=rating.title(score),
            url=links.rate(token, score),
        )
        for score in facts.definition.scale.scores
    ]
    if facts.definition.scale.name is ScaleName.NPS11:
        return [cells[:WRAPS_AFTER], cells[WRAPS_AFTER:]]
    return [cells]
