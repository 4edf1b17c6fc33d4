"""A plate is cut from one letter of slots: where a template only writes its leaves, any others fit in their place."""

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from campaigns.composition import wire
from campaigns.composition.leaves import Leaves
from campaigns.composition.mails import compiled
from campaigns.composition.marks import CLOSE, OPEN, LookedAt, escaped, pieces, slot, slot_number
from campaigns.composition.plate import Encode, Made, Order, Plate, Turn
from campaigns.composition.quoted import LINE, quote_end, quote_value, quote_words
from campaigns.composition.view import Shape, letter_view
from campaigns.languages import Language
from campaigns.links import Links

# What `quote_value` takes as it is and HTML does not escape; and of that, what no language isolates in a sentence.
PLAIN = re.compile(rf"[ !#-%(-\-/-;?-EG-~][ !#-%(-;?-~]{{,{LINE - 1}}}")
NEUTRAL = re.compile(rf"[ !#-%(-\-/-;?@\[-`{{-~][ !#-%(-;?@\[-`{{-~]{{,{LINE - 1}}}")
Need = tuple[int, bool, bool]  # which leaf, whether inside a sentence, whether in HTML
Part = bytes | Need | None  # None is the boundary


def cut(shape: Shape, leaves: Leaves, links: Links, language: Language) -> Plate:
    """Cut the plate for letters like the one with these leaves.

    Raises RenderingError or LookedAt where a template does more with a leaf than to write it.
    """
    mail = compiled(shape.mail, language.tag)
    view = letter_view(shape, leaves.turned(lambda place, _: slot(place)), links, language)
    subject = _whole_slots(mail.render("subject", view))
    view["subject"] = slot(len(leaves.flat))
    text, html = (_whole_slots(mail.render(part, view)) for part in ("text", "html"))
    before, between, after = map(_framed, wire.frame(CLOSE))
    parts = [*before, *_quoted(text, is_html=False), *between, *_quoted(html, is_html=True), *after]
    shared, made, ordered = _sorted(parts, language)
    return Plate(
        subject_words=subject[::2],
        subject_leaves=[(leaf, _turn(language, is_inside)) for leaf, is_inside in map(slot_number, subject[1::2])],
        shared=shared,
        made=made,
        ordered=ordered,
    )


def _whole_slots(text: str) -> list[str]:
    found = pieces(text)
    if any(mark in words for words in found[::2] for mark in (OPEN, CLOSE)):
        raise LookedAt
    return found


def _framed(text: str) -> Iterator[Part]:
    """Split what is around a letter's texts at the boundary, for which a mark stands."""
    first, *others = text.split(CLOSE)
    yield first.encode("ascii")
    for words in others:
        yield None
        yield words.encode("ascii")


def _quoted(found: list[str], *, is_html: bool) -> Iterator[Part]:
    """Encode a text's words, and tell what its slots need."""
    *inner, last = found
    for at, piece in enumerate(inner):
        if at % 2:
            yield (*slot_number(piece), is_html)
        else:
            yield quote_words(piece)
    yield quote_end(last)


def _sorted(parts: list[Part], language: Language) -> tuple[list[bytes], list[Made], Order]:
    """Tell what is shared from what is made, each but once, and remember the order of all."""
    shared = list({part for part in parts if isinstance(part, bytes)})
    needs = sorted({part for part in parts if isinstance(part, tuple)})
    places = {part: place for place, part in enumerate([*shared, None, *needs])}
    made = [_made(leaf, list(group), language) for leaf, group in groupby(needs, key=itemgetter(0))]
    return shared, made, itemgetter(*[places[part] for part in parts])


def _made(leaf: int, needs: list[Need], language: Language) -> Made:
    may_be_isolated = language.direction == "rtl" and any(is_inside for _, is_inside, _ in needs)
    pattern = NEUTRAL if may_be_isolated else PLAIN
    return Made(leaf, pattern.fullmatch, [_way(language, is_inside, is_html) for _, is_inside, is_html in needs])


def _way(language: Language, is_inside: bool, is_html: bool) -> Encode:
    turn = _turn(language, is_inside)
    return lambda words: quote_value(escaped(turn(words)) if is_html else turn(words))


def _turn(language: Language, is_inside: bool) -> Turn:
    return language.isolated if is_inside else str
