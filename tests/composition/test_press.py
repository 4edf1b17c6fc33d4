"""Two ways to write a letter, one letter: held together to the byte, whatever anybody is called."""

import logging
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.catalog.scale import ScaleName
from campaigns.composition.compose import compose
from campaigns.composition.letter import LetterFacts
from campaigns.composition.marks import CLOSE, OPEN
from campaigns.composition.press import Press
from campaigns.composition.render import ROOT, look_also_in
from campaigns.enrollment.states import MessageKind
from campaigns.errors import RenderingError
from campaigns.links import Links
from campaigns.merchants.look import Font, Look, Tone
from campaigns.tokens import Tokens
from tests.composition.cast import LANGUAGES, LINKS, MUG, NOW, POT, ana
from tests.composition.test_harm import NASTY

TEMPLATES = sorted(path.name for path in ROOT.iterdir() if (path / "invitation").exists())
SUBJECTS = [
    {},
    {"en": "How was it?", "de": "Na?"},
    {"en": "How was your order, {{ contact.first_name or 'there' }}?", "ar": "{{ contact.last_name }} {{ order.id }}"},
    {"en": "{{ merchant.name|upper }} {{ contact.first_name|default('x')|title }}", "de": "{{ '' or order.id }}"},
    {"en": "{{ contact.last_name if contact.first_name else '' }}"},
]
PREHEADERS = [{}, {"en": "One click, {{ contact.first_name or 'really' }}", "ar": "{{ merchant.name }}"}]
VARIANTS = [[], [{"name": "b", "share": 0.5, "subject": {"en": "Well?", "de": "Na?", "ar": "{{ order.id }}"}}]]
PRESS = Press(LINKS)
odd = st.one_of(
    st.sampled_from(
        [*NASTY, "", ".", ".hidden", "From me", "F", "=", "=?", "x" * 71, "x" * 72, "x" * 73, "é" * 30, "1 "]
    ),
    st.text(max_size=100),
    st.text(alphabet="aF.= <&>\"'é漢ليلى1", max_size=90),
)
pictures = st.one_of(
    st.sampled_from(
        ["", "https://shop.example/mug.jpg", "https://shop.example/a?b=1&c='2'", "https://ex.example/ü<b>"]
    ),
    st.text(max_size=40).map("https://shop.example/{}".format),
)
items = st.lists(st.fixed_dictionaries({"name": odd, "image_url": pictures}), max_size=4).map(tuple)
looks = st.builds(
    Look,
    logo_url=st.one_of(st.just(""), pictures),
    accent=st.sampled_from(["#1f6f54", "#ffee00", "", "red"]),
    second=st.sampled_from(["", "#7a1f3d", "#ffffff", "blue"]),
    font=st.sampled_from(Font),
    tone=st.sampled_from(Tone),
    signature=odd,
)
moments = st.timedeltas(timedelta(days=-3000), timedelta(days=5000)).map(NOW.__add__)
letters = st.builds(
    ana,
    st.sampled_from(MessageKind),
    message_id=st.integers(0, 2**63 - 1),
    template=st.sampled_from(TEMPLATES),
    scale=st.sampled_from(ScaleName),
    subject=st.sampled_from(SUBJECTS),
    preheader=st.sampled_from(PREHEADERS),
    variant=st.sampled_from(VARIANTS),
    enrollment_id=st.integers(0, 2**63 - 1),
    locale=st.sampled_from(LANGUAGES),
    merchant_name=odd,
    postal_address=st.one_of(odd.map("1 Quay\n{}".format), st.just("A\nB\nC"), odd),
    look=looks,
    first_name=odd,
    last_name=odd,
    order_id=odd,
    items=items,
    total=st.one_of(st.none(), st.decimals(-10, 10**9, places=2), st.just(Decimal("NaN"))),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "", "coins"]),
    purchased_at=st.one_of(st.none(), moments),
    closes_at=moments,
    to_address=st.sampled_from(["ana@example.com", "ana@bücher.example", "nobody"]),
    reply_to=st.sampled_from(["", "care@harbour.example"]),
    now=moments,
)


@settings(max_examples=150)
@given(facts=letters)
def test_the_press_writes_what_compose_writes_and_refuses_what_it_refuses(facts: LetterFacts) -> None:
    composed, pressed = _written(compose, facts), _written(PRESS.letter, facts)

    assert composed == pressed


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("scale", ScaleName)
@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("template", TEMPLATES)
def test_no_template_of_ours_is_too_curious_for_a_plate(
    template: str, kind: MessageKind, scale: ScaleName, locale: str, caplog: pytest.LogCaptureFixture
) -> None:
    facts = ana(kind, scale=scale, locale=locale)
    facts, fresh = replace(facts, definition=replace(facts.definition, template=template)), Press(LINKS)

    first = fresh.letter(facts)

    assert first == compose(facts, LINKS).sealed
    assert fresh.letter(replace(facts, first_name="Zoë")) == compose(replace(facts, first_name="Zoë"), LINKS).sealed
    assert not caplog.records


CURIOUS = {
    "compares": "{% if first_name == 'Zoë' %}Zoë is here{% endif %}",
    "measures": "{{ order_id|length }}",
    "shouts": "{{ merchant|upper }}",
    "cuts": "{{ merchant[:3] }} {{ product.name|truncate(9) }}",
    "joins": "{{ (merchant ~ first_name)|title }}",
    "searches": "{{ 'e' in first_name }}",
    "sorts": "{{ postal_address|sort|join }}",
    "counts": "{% for letter in first_name %}{{ letter }}-{% endfor %}",
    "formats": "{{ '%s and {:>9}'.format(first_name) % merchant }}",
    "trims": "{{ _('Hello %(name)s,', name=first_name)[:8] }}",
    "repeats": "{{ merchant }}{{ merchant }} {{ details }}",
}


@pytest.fixture(scope="module")
def _curious(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("templates")
    for name, words in CURIOUS.items():
        mail = folder / name / "invitation"
        mail.mkdir(parents=True)
        (mail / "subject.txt").write_text("{{ merchant }}")
        (mail / "body.txt").write_text(
            f'{{% extends "classic/invitation/body.txt" %}}{{% block sentence %}}{words}{{% endblock %}}'
        )
        (mail / "body.mjml").write_text(
            f'[% extends "classic/invitation/body.mjml" %][% block sentence %]{words}[% endblock %]'
        )
    look_also_in(folder)


@pytest.mark.usefixtures("_curious")
@pytest.mark.parametrize("template", CURIOUS)
def test_a_template_that_looks_at_values_gets_its_letters_right_all_the_same(template: str) -> None:
    base = ana()
    base, curious_press = replace(base, definition=replace(base.definition, template=template)), Press(LINKS)

    for first_name in ("Ana", "Zoë", "É", "漢字", "Ben"):
        for merchant in ("漢", "Harbour Mugs", "a&b"):
            facts = replace(base, first_name=first_name, merchant_name=merchant)

            letter = compose(facts, LINKS)
            assert curious_press.letter(facts) == letter.sealed
            assert not set(letter.text + letter.html) & {OPEN, CLOSE}


@pytest.mark.usefixtures("_curious")
def test_a_curious_template_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    facts, curious_press = ana(), Press(LINKS)
    facts = replace(facts, definition=replace(facts.definition, template="compares"))

    with caplog.at_level(logging.WARNING):
        for number in range(3):
            curious_press.letter(replace(facts, message_id=number + 1))

    assert [record.getMessage() for record in caplog.records] == [
        "a template of compares/invitation looks at its values: its letters are composed one by one"
    ]


def test_many_merchants_share_a_plate() -> None:
    many = Press(LINKS)
    for number in range(20):
        many.letter(ana(merchant_id=number, merchant_name=f"Shop {number}", look=Look(accent=f"#1f6f{number:02x}")))
    assert len(many._plates) == 1


def test_plates_are_not_kept_for_ever() -> None:
    few = Press(LINKS, most_plates=3)

    for more in (*range(5), 0, 4):
        facts = ana(items=(MUG, *(POT,) * more))

        assert few.letter(facts) == compose(facts, LINKS).sealed
        assert len(few._plates) <= 3


def test_a_sealed_letter_is_its_head_a_blank_line_and_its_body() -> None:
    sealed = PRESS.letter(ana())

    assert sealed.data == compose(ana(), LINKS).data
    assert sealed.head.endswith(b"\r\n")
    assert b"\r\n\r\n" not in sealed.head
    assert sealed.body.startswith(b"--")
    assert (sealed.sender, sealed.recipient) == ("hello@harbour.example", "ana@example.com")


def test_another_address_book_is_another_letter() -> None:
    elsewhere = Links("https://other.example", Tokens(("k" * 40,)))

    assert b"https://other.example/r/" in Press(elsewhere).letter(ana()).data
    assert Press(elsewhere).letter(ana()).data == compose(ana(), elsewhere).data


def test_a_letter_that_cannot_be_written_leaves_the_press_as_it_was() -> None:
    fresh = Press(LINKS)

    for field in ("postal_address", "to_address", "from_address"):
        values: dict[str, Any] = {field: ""}
        with pytest.raises(RenderingError):
            fresh.letter(ana(**values))
    assert fresh.letter(ana()) == compose(ana(), LINKS).sealed


def _written(write: Any, facts: LetterFacts) -> bytes | str:
    try:
        written: bytes = (write(facts, LINKS) if write is compose else write(facts)).data
    except RenderingError as error:
        return str(error)
    return written
