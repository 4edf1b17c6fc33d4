"""A merchant's own template writes letters as ours do: to the byte the same by both ways, in each language."""

import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.catalog.campaign_file import TEMPLATES
from campaigns.composition.compose import compose
from campaigns.composition.letter import LetterFacts
from campaigns.composition.own_check import MOST_SOURCE, check_sources, read_sources, try_out
from campaigns.composition.own_render import MOST_HTML
from campaigns.composition.press import Press
from campaigns.composition.render import ROOT
from campaigns.composition.samples import Shop
from campaigns.enrollment.states import MessageKind
from campaigns.errors import RenderingError
from tests.composition.brought import ana_of, brought, sources
from tests.composition.cast import LANGUAGES, LINKS, NOW
from tests.composition.test_press import items, moments, odd

CUTTABLE = brought(sources("<mj-text>{{ merchant }}: {{ details|join(', ') }} {{ _('Hello,') }}</mj-text>"))
CURIOUS = brought(
    sources("<mj-text>{{ first_name|upper }} {{ 'long' if order_id|length > 9 }}</mj-text>"), name="curious"
)
SHOP = Shop(merchant_id=7)
PRESS = Press(LINKS)
BULLET = "{% macro bullet(words) %}<b>{{ words }}</b>{% endmacro %}"
BOX = "{% macro box() %}<b>{{ caller() }}</b>{% endmacro %}{% call box() %}x{% endcall %}"
letters = st.builds(
    ana_of,
    st.sampled_from([CUTTABLE, CURIOUS]),
    st.sampled_from(MessageKind),
    message_id=st.integers(0, 2**63 - 1),
    locale=st.sampled_from(LANGUAGES),
    scale=st.sampled_from(["stars5", "nps11", "thumbs"]),
    merchant_name=odd,
    first_name=odd,
    last_name=odd,
    order_id=odd,
    items=items,
    postal_address=odd.map("1 Quay\n{}".format),
    closes_at=moments,
)


@settings(max_examples=60)
@given(facts=letters)
def test_the_press_writes_what_compose_writes_from_a_template_of_ones_own(facts: LetterFacts) -> None:
    assert PRESS.letter(facts) == compose(facts, LINKS).sealed


def test_a_template_that_only_writes_its_values_is_printed_from_a_plate(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Press(LINKS).letter(ana_of(CUTTABLE))
        assert not caplog.records
        Press(LINKS).letter(ana_of(CURIOUS))

    assert "looks at its values" in caplog.text


@pytest.mark.drill  # each is tried in every language and state
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_of_ours_can_be_theirs(template: str) -> None:
    whole = {
        f"{kind}/body.{end}": (ROOT / template / kind / f"body.{end}").read_text()
        for kind in MessageKind
        for end in ("mjml", "txt")
    }

    assert try_out(brought({**sources(), **whole}), SHOP, NOW) < MOST_HTML


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("{% for x in postal_address %}{{ loop.index }}/{{ loop.length }}{% endfor %}", "1/1"),
        ("{% for x in [1, 2, 3] if x > 1 %}{{ x }}{{ loop.cycle('a', 'b') }}{% else %}none{% endfor %}", "2a3b"),
        ("{% set note = 'Hi' %}{{ note|upper }} {{ 7 % 4 + 2 * 3 }}", "HI 9"),
        (BULLET + BOX + "{{ bullet('\"') }}", "<b>x</b><b>&#34;</b>"),
        ("{% set box %}<i>{{ 1 }}</i>{% endset %}{{ box }}{{ box }}", "<i>1</i><i>1</i>"),
        ("{% with a = 'b' %}{{ a }}{% endwith %}{% filter upper %}c{% endfilter %}", "bC"),
        ("{{ score_rows[-1][-1].value }}{{ 'y' if product is defined }}", "5y"),
        ('[% include "parts/mine.mjml" %]', "MINE en"),
    ],
)
def test_what_a_template_may_do(words: str, shown: str) -> None:
    own = brought(sources(f"<mj-text>{words}</mj-text>", **{"parts/mine.mjml": "MINE [[ lang ]]"}))

    assert shown in compose(ana_of(own), LINKS).html


@pytest.mark.parametrize("tag", LANGUAGES)
def test_both_bodies_and_the_subject_know_the_language(tag: str) -> None:
    german = '[% if lang == "de" %]Wie war es?[% else %]How was it?[% endif %]'
    letter = compose(ana_of(brought(sources(**{"invitation/subject.txt": german})), locale=tag), LINKS)

    thanks = "Danke: Harbour mug" if tag == "de" else "Thank you: Harbour mug"
    assert thanks in letter.text
    assert thanks in letter.html
    assert letter.subject == ("Wie war es?" if tag == "de" else "How was it?")


def test_a_sound_template_passes_every_trial() -> None:
    check_sources(sources())

    assert 5_000 < try_out(brought(), SHOP, NOW) < MOST_HTML


@pytest.mark.parametrize(
    ("body", "replacement", "sentence"),
    [
        ("mjml", ('[% include "parts/footer.mjml" %]', ""), "the HTML has no link to unsubscribe"),
        ("mjml", ('[% include "parts/rating.mjml" %]', ""), "the HTML has no link for the score 1"),
        (
            "mjml",
            ('[% include "parts/footer.mjml" %]', '<mj-text><a href="{{ unsubscribe_url }}">Stop</a></mj-text>'),
            "the HTML lacks the postal address",
        ),
        ("mjml", ("{{ product.name }}", "{{ product.image_url.x }}"), "UndefinedError"),
        ("txt", ('{% extends "parts/letter.txt" %}', "{{ unsubscribe_url }}"), "the text lacks the postal address"),
        ("mjml", ("Dear", "Dear " + "x" * 95_000), "longer than 102,400 bytes"),
    ],
)
def test_a_letter_that_lacks_what_it_needs_is_refused(body: str, replacement: tuple[str, str], sentence: str) -> None:
    name = f"reminder/body.{body}"
    faulty = sources()
    faulty[name] = faulty[name].replace(*replacement)

    with pytest.raises(RenderingError, match=sentence):
        try_out(brought(faulty), SHOP, NOW)


def test_a_template_as_long_as_may_be_still_fits_with_the_longest_names() -> None:
    """Else the plate, which counts nothing, would print what composing refuses."""
    many = "{{ first_name }}{{ product.name if product }}" * 110
    with pytest.raises(RenderingError, match="longer than"):
        try_out(brought(sources(f"<mj-text>{many}</mj-text>")), SHOP, NOW)


def test_files_are_read_as_they_are_named(tmp_path: Any) -> None:
    for name, source in sources().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(source.replace("\n", "\r\n").encode())
    assert read_sources(tmp_path) == sources()

    (tmp_path / "reminder" / "body.txt").write_bytes(b"\xff")
    with pytest.raises(RenderingError, match=r"^reminder/body\.txt is not UTF-8 text"):
        read_sources(tmp_path)
    (tmp_path / "reminder" / "body.txt").unlink()
    with pytest.raises(RenderingError, match=r"^A template needs reminder/body\.txt"):
        read_sources(tmp_path)
    (tmp_path / "huge.txt").write_text("x" * MOST_SOURCE)
    with pytest.raises(RenderingError, match="at most 200,000 bytes"):
        read_sources(tmp_path)
