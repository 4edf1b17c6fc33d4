"""What a letter's template is given: flattened lines, dates written out, and every link ready made.

Of a letter it is given the `Leaves`, be they values or the slots of a plate, and the `Shape`,
which is all that templates may ask about: letters of one shape differ in their leaves alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from campaigns.catalog.scale import SCALES, ScaleName
from campaigns.composition.leaves import Leaves
from campaigns.composition.letter import LetterFacts, SignInFacts
from campaigns.composition.line import one_line
from campaigns.composition.marks import Leaf
from campaigns.composition.own import mail_of
from campaigns.composition.theme import Theme, theme_of
from campaigns.composition.tone import greeting, sign_off
from campaigns.composition.words import RatingWords, rating_words
from campaigns.languages import Language
from campaigns.links import Links
from campaigns.merchants.look import IN_WORD, STACKS, Font, Tone
from campaigns.merchants.sign_in import VALID_FOR

WRAPS_AFTER = 6  # cells of 44 px that fit beside each other on a phone of 360 px


class Shape(NamedTuple):
    mail: str  # "classic/invitation"
    tag: str
    scale: ScaleName
    font: Font
    tone: Tone
    shown_count: int  # of products
    more_count: int
    present: tuple[bool, ...]  # which of the leaves are something


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


def shape_of(facts: LetterFacts, leaves: Leaves, language: Language) -> Shape:
    return Shape(
        mail=mail_of(facts),
        tag=language.tag,
        scale=facts.definition.scale.name,
        font=facts.look.font,
        tone=facts.look.tone,
        shown_count=len(leaves.names),
        more_count=len(facts.items) - len(leaves.names),
        present=tuple(map(bool, leaves.flat)),
    )


def letter_view(shape: Shape, leaves: Leaves, links: Links, language: Language) -> dict[str, Any]:
    """Return what the templates of an invitation or a reminder may name."""
    rating = rating_words(language, shape.scale, _in_sentence(leaves.merchant))
    products = [Product(name=name, image_url=url) for name, url in zip(leaves.names, leaves.pictures, strict=True)]
    return {
        **_speech(language),
        **dress(shape.font),
        "merchant": leaves.merchant,
        "first_name": leaves.first_name,
        "greeting": greeting(language, shape.tone, _in_sentence(leaves.addressed)),
        "sign_off": sign_off(language, shape.tone),
        "signature": leaves.signature,
        "preheader": leaves.preheader,
        "logo_url": leaves.logo,
        "product": products[0] if products else None,
        "products": products,
        "more_count": shape.more_count,
        "order_id": leaves.order_id,
        "details": [detail for detail in (leaves.bought, leaves.paid) if detail],
        "rating": rating,
        "score_rows": _score_rows(shape.scale, leaves.token, links, rating),
        "is_wide": shape.scale is ScaleName.NPS11,
        "closes_on": leaves.closes_on,
        "postal_address": list(leaves.postal),
        "unsubscribe_url": links.unsubscribe(leaves.token),
        "theme": Theme(
            accent=leaves.accent,
            on_dark=leaves.on_dark,
            second=leaves.second,
            second_on_dark=leaves.second_on_dark,
        ),
    }


def sign_in_view(facts: SignInFacts, links: Links, language: Language) -> dict[str, Any]:
    """Return what the templates of a sign-in mail may name."""
    return {
        **_speech(language),
        **dress(Font.SYSTEM),
        "merchant": one_line(facts.merchant_name),
        "url": links.sign_in(facts.sign_in_id),
        "minutes": int(VALID_FOR.total_seconds() // 60),
        "logo_url": "",
        "theme": theme_of(""),
    }


def dress(font: Font) -> dict[str, str]:
    """Return what every mail's layout names of a font."""
    return {"font": STACKS[font], "font_in_word": IN_WORD[font]}


def _speech(language: Language) -> dict[str, Callable[..., str]]:
    def gettext(message: str, /, **values: object) -> str:
        return language.gettext(message, **_each_in_sentence(values))

    def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
        return language.ngettext(one, many, n, **_each_in_sentence(values))

    return {"_": gettext, "ngettext": ngettext}


def _each_in_sentence(values: dict[str, object]) -> dict[str, object]:
    return {name: _in_sentence(value) for name, value in values.items()}


def _in_sentence(value: object) -> object:
    return value.in_sentence if isinstance(value, Leaf) else value


def _score_rows(scale: ScaleName, token: str, links: Links, rating: RatingWords) -> list[list[Score]]:
    """Return the cells, lowest first; a long scale in two rows that stand beside each other where they can."""
    cells = [
        Score(
            value=score,
            mark=rating.mark(score),
            word=rating.word(score),
            label=rating.label(score),
            title=rating.title(score),
            url=links.rate(token, score),
        )
        for score in SCALES[scale].scores
    ]
    if scale is ScaleName.NPS11:
        return [cells[:WRAPS_AFTER], cells[WRAPS_AFTER:]]
    return [cells]
