"""Each template says its own: how much of what was bought, in which order, and nothing that another merchant's says."""

from typing import Any

import pytest

from campaigns.composition.compose import compose
from campaigns.composition.press import Press
from campaigns.enrollment.states import MessageKind
from tests.composition.cast import LANGUAGES, LINKS, MUG, POT, ana
from tests.composition.page import Page

TOWEL = {"name": "Tea towel", "image_url": "https://shop.example/towel.jpg"}
TRAY = {"name": "Tray", "image_url": ""}
NAMELESS: dict[str, Any] = {"name": "", "image_url": "https://shop.example/x.jpg"}


@pytest.mark.parametrize(
    ("items", "named", "rest"),
    [
        ((MUG,), ["Harbour mug"], ""),
        ((MUG, POT), ["Harbour mug", "Teapot"], ""),
        ((MUG, POT, TOWEL), ["Harbour mug", "Teapot", "Tea towel"], ""),
        ((MUG, POT, TOWEL, TRAY), ["Harbour mug", "Teapot", "Tea towel"], "and 1 more item"),
        ((NAMELESS, MUG, POT, TOWEL, TRAY), ["Harbour mug", "Teapot", "Tea towel"], "and 2 more items"),
        ((), [], ""),
        ((NAMELESS,), [], ""),
    ],
)
def test_product_cards_show_up_to_three_and_count_the_others(
    items: tuple[dict[str, Any], ...], named: list[str], rest: str
) -> None:
    letter = compose(ana(template="product-card", items=items), LINKS)

    listed = [line.removeprefix("• ") for line in letter.text.splitlines() if line.startswith("• ")]
    assert listed == named
    assert [line for line in letter.text.splitlines() if " more item" in line] == ([rest] if rest else [])
    page = Page(letter.html)
    assert [tag for tag, attributes in page.tags if attributes.get("class") == "card"] == ["table"] * len(named)
    assert all(name in page.words for name in named)
    assert rest in page.words


def test_a_card_without_a_picture_is_its_name_alone() -> None:
    page = Page(compose(ana(template="product-card", items=(POT, MUG)), LINKS).html)

    assert page.values("src") == [MUG["image_url"]]
    assert [attributes["alt"] for tag, attributes in page.tags if tag == "img"] == [""]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_how_many_products_are_shown_is_part_of_a_letters_shape(locale: str) -> None:
    press = Press(LINKS)

    for items in ((MUG,), (MUG, POT), (MUG, TOWEL), (MUG, POT, TOWEL), (MUG, POT, TOWEL, TRAY)):
        for address in ("1 Quay Street", "1 Quay Street\nGalway", "1 Quay Street\nGalway\nIreland"):
            facts = ana(template="product-card", items=items, postal_address=address, locale=locale)
            assert press.letter(facts) == compose(facts, LINKS).sealed

    assert all(press._plates.values())
    assert len(press._plates) == 15


def test_other_products_share_a_plate() -> None:
    press = Press(LINKS)

    for number in range(10):
        items = tuple({**TOWEL, "name": f"Towel {number}.{at}"} for at in range(3))
        letter = press.letter(ana(template="product-card", items=items, message_id=number + 1)).data
        assert f"Towel {number}.2".encode() in letter

    assert len(press._plates) == 1


@pytest.mark.parametrize("kind", MessageKind)
def test_a_compact_letter_asks_first(kind: MessageKind) -> None:
    letter = compose(ana(kind, template="compact", items=(MUG, POT)), LINKS)

    lines = letter.text.splitlines()
    assert lines[2] == "How was your order from Harbour Mugs?"
    assert "Hello" not in letter.text
    assert "Your order: “Harbour mug” and 1 more item" in lines
    assert len(letter.data) < len(compose(ana(kind, items=(MUG, POT)), LINKS).data)


@pytest.mark.parametrize("template", ["classic", "compact", "plain-personal", "product-card"])
def test_a_reminder_says_it_is_one_and_the_only_one(template: str) -> None:
    invitation, reminder = (compose(ana(kind, template=template), LINKS) for kind in MessageKind)

    for words in (Page(reminder.html).words, reminder.text):
        assert "reminder" in words
        assert "only one" in words
    assert "reminder" not in invitation.text + invitation.subject
    assert reminder.subject == "A quick reminder: your order from Harbour Mugs"


def test_a_note_begins_with_its_greeting_and_ends_with_a_name() -> None:
    letter = compose(ana(template="plain-personal"), LINKS)

    assert letter.text.startswith("Hello Ana,\n")
    assert "Kind regards,\nHarbour Mugs\n" in letter.text
    assert letter.subject == "One short question about your order"


@pytest.mark.parametrize("template", ["classic", "compact", "plain-personal", "product-card"])
@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("items", [(), (MUG,), (MUG, POT, TOWEL, TRAY)])
def test_plain_text_has_no_gaps(template: str, locale: str, items: tuple[dict[str, Any], ...]) -> None:
    for kind in MessageKind:
        text = compose(ana(kind, template=template, locale=locale, items=items), LINKS).text

        assert "\n\n\n" not in text
        assert text == text.strip("\n")
