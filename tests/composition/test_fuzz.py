"""Whatever shops and people are called, a letter stays a letter, and holds nobody's words but its reader's.

One press writes for many merchants and contacts in turn, as a worker does. Every value of a letter
carries its owner's marker; a marker of anybody else in it would be a leak.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count, islice
from typing import Any

import pytest

from campaigns.catalog.campaign_file import TEMPLATES
from campaigns.catalog.scale import SCALES, ScaleName
from campaigns.composition.compose import compose
from campaigns.composition.letter import LetterFacts
from campaigns.composition.line import one_line, person_name
from campaigns.composition.press import Press
from campaigns.enrollment.states import MessageKind
from campaigns.merchants.look import Font, Look, Tone
from campaigns.tags import available
from tests.composition.cast import LINKS, ana
from tests.composition.page import Page
from tests.composition.test_harm import NASTY

# None of these is in a template, a header or a link, which are made of small letters and signed bytes.
MARKER = re.compile("ⓜ([0-9]+)ⓜ")
HEADERS = {"From", "To", "Reply-To", "In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post"}
HEADERS |= {"Feedback-ID", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"}
HEADERS |= {"MIME-Version", "Content-Type"}
ALPHABETS = [
    "abc XYZ .,-'\"",
    "<>&'\"/={}%[]#@\\;:",
    "\r\n\t\x00\x0b\x1f\x7f\x85\u2028\u2029",
    "äöüßéñçøå",
    "漢字仮名한글",
    "ليلىحداد שלום",
    "🙂👩\u200d👧🏽🇪🇸",
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2069\u200e\ufeff",
    "\ue000\ue001\ud800\udfff\ufffe",
    "=?utf-8?q?=0D=0A?=",
]
SUBJECTS = [
    "How was it, {{ contact.first_name or 'you' }}?",
    "{{ merchant.name | upper }}: {{ order.id }}",
    "{{ contact.last_name if contact.first_name else order.id }} {{ contact.first_name | default('x') | title }}",
    "{# nothing #}{{ '' }}",
]
LOCALES = [*available(), "de-AT", "ar_EG", "xx", "", "\x00", "../../etc", "en" * 40]


SHOPS, BLANK = 4, 0.02  # few shops whose letters come in turn, so that each plate prints many


def letters(seed: int) -> Iterator[tuple[int, LetterFacts]]:
    """Make letters without end, each with the number that marks its reader."""
    chance = random.Random(seed)
    shops = [_shop(chance) for _ in range(SHOPS)]
    for number in count(1):
        yield number, _letter(chance, number, chance.choice(shops))


def _shop(chance: random.Random) -> dict[str, Any]:
    """Return what all letters of a shop share, so far as that changes their shape."""

    def by_language() -> dict[str, str]:
        return {tag: chance.choice(SUBJECTS) for tag in available() if chance.random() < 0.6}

    variants = [{"name": "b", "share": 0.5, "subject": dict.fromkeys(available(), SUBJECTS[0])}]
    return {
        "kind": chance.choice(list(MessageKind)),
        "template": chance.choice(TEMPLATES),
        "scale": chance.choice(list(ScaleName)),
        "subject": by_language(),
        "preheader": by_language(),
        "variant": variants if chance.random() < 0.3 else [],
        "locale": chance.choice(LOCALES),
        "has_logo": chance.random() < 0.5,
        "look": Look(font=chance.choice(list(Font)), tone=chance.choice(list(Tone))),
    }


def _letter(chance: random.Random, number: int, shop: dict[str, Any]) -> LetterFacts:
    def words(longest: int = 60) -> str:
        if chance.random() < BLANK:
            return ""
        text = chance.choice(NASTY) if chance.random() < 0.15 else _scribble(chance, longest)
        return f"ⓜ{number}ⓜ{text}" if chance.random() < 0.5 else f"{text[:20]} ⓜ{number}ⓜ"

    shared = {name: value for name, value in shop.items() if name not in {"has_logo", "look"}}
    look = replace(
        shop["look"],
        logo_url=f"https://shop.example/logo.png?ⓜ{number}ⓜ" if shop["has_logo"] else "",
        accent=f"#{chance.getrandbits(24):06x}",
        second=f"#{chance.getrandbits(24):06x}",
        signature=words(),
    )
    return ana(
        **shared,
        look=look,
        message_id=number,
        enrollment_id=chance.getrandbits(62),
        merchant_name=words(),
        postal_address=f"1 Quay Street\n{words()}",
        first_name=words(),
        last_name=words(),
        order_id=words(),
        items=tuple(_item(chance, words(90), number) for _ in range(chance.choice((1, 1, 1, 2, 2, 4, 4, 0)))),
        total=Decimal(chance.randrange(10**6)) / 100,
    )


def _scribble(chance: random.Random, longest: int) -> str:
    alphabets = chance.sample(ALPHABETS, 2)
    return "".join(chance.choice(chance.choice(alphabets)) for _ in range(chance.randrange(longest)))


def _item(chance: random.Random, name: str, number: int) -> dict[str, Any]:
    url = f"https://shop.example/{number}.jpg?{_scribble(chance, 20)}" if chance.random() < 0.8 else ""
    return {"name": name, "image_url": url}


def check(number: int, facts: LetterFacts, wire: bytes) -> EmailMessage:
    """Raise AssertionError unless these bytes are one letter, to this reader, with nobody else's words in it."""
    head, _, body = wire.partition(b"\r\n\r\n")
    assert wire.isascii()
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert b"\r" not in wire.replace(b"\r\n", b"")
    assert max(map(len, body.split(b"\r\n"))) < 76
    assert not [line for line in body.split(b"\r\n") if line.startswith((b".", b"From "))]
    names = [line.partition(":")[0] for line in head.decode("ascii").split("\r\n") if not line.startswith(" ")]
    assert len(names) == len(set(names))
    assert set(names) <= HEADERS
    message = message_from_bytes(wire, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert not [part.defects for part in message.walk() if part.defects]
    everything = [str(part.get_content()) for part in message.iter_parts()]
    everything += [str(value) for value in message.values()]
    assert {int(found) for text in everything for found in MARKER.findall(text)} == {number}
    assert LINKS.letter_token(number) in everything[0]
    assert "\ue000" not in everything[0] + everything[1]
    return message


def check_html(facts: LetterFacts, message: EmailMessage) -> None:
    """Raise AssertionError unless the words of a letter stayed words: its tags are those of its neutral twin."""
    part = message.get_body(("html",))
    assert isinstance(part, EmailMessage)
    page = Page(part.get_content())
    ratings = [link for link in page.links() if "data-rating" in link]
    assert [int(link["data-rating"]) for link in ratings] == list(SCALES[facts.definition.scale.name].scores)
    assert page.shape == Page(compose(_neutral(facts), LINKS).html).shape


def _neutral(facts: LetterFacts) -> LetterFacts:
    """Return the same letter with harmless words wherever there are any."""
    items = tuple(
        {"name": "Mug" if _says(item["name"]) else "", "image_url": item["image_url"]} for item in facts.items
    )
    values = {name: getattr(facts, name) for name in facts.__dataclass_fields__}
    first, last = ("Ana" if person_name(name) else "" for name in (facts.first_name, facts.last_name))
    postal = "\n".join("Quay" for line in facts.postal_address.splitlines() if _says(line))
    names = {"first_name": first, "last_name": last, "merchant_name": "M" if _says(facts.merchant_name) else ""}
    return LetterFacts(**{**values, **names, "items": items, "postal_address": postal, "order_id": "1"})


def _says(text: str) -> bool:
    return bool(one_line(text))


def read(seed: int, many: int) -> int:
    """Write and read so many letters; return how many plates it took."""
    press = Press(LINKS)
    for number, facts in islice(letters(seed), many):
        try:
            message = check(number, facts, press.letter(facts).data)
            if number % 10 == 0:
                check_html(facts, message)
            if number % 50 == 0:
                assert press.letter(facts) == compose(facts, LINKS).sealed
        except AssertionError as error:
            raise AssertionError(f"letter {number} of seed {seed}: {error}") from error
    assert all(press._plates.values())
    return len(press._plates)


def test_no_words_break_a_letter_or_reach_another_reader() -> None:
    plates = read(seed=1, many=250)

    assert plates < 125


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(2, 12))
def test_no_words_of_a_hundred_thousand_do(seed: int) -> None:
    read(seed, many=10_000)
