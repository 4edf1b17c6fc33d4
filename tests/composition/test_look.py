"""A merchant's look is worn by every template, readable whatever was chosen, and the same by day and by night."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.catalog.campaign_file import TEMPLATES
from campaigns.composition.compose import compose
from campaigns.composition.theme import DARK_PAPER, ENOUGH, contrast, theme_of
from campaigns.merchants.look import IN_WORD, STACKS, Font, Look, Tone
from tests.composition.cast import LANGUAGES, LINKS, ana
from tests.composition.page import Page

LOGO = Look(logo_url="https://shop.example/logo.png")
WITH_TOP = [template for template in TEMPLATES if template != "plain-personal"]


@pytest.mark.parametrize("template", WITH_TOP)
def test_a_logo_says_the_name_where_pictures_are_off_and_without_one_the_name_stands_there(template: str) -> None:
    with_logo, without = (compose(ana(template=template, items=(), look=look), LINKS) for look in (LOGO, Look()))

    [picture] = [attributes for tag, attributes in Page(with_logo.html).tags if tag == "img"]
    assert (picture["src"], picture["alt"]) == ("https://shop.example/logo.png", "Harbour Mugs")
    assert "img" not in [tag for tag, _ in Page(without.html).tags]
    assert Page(without.html).words.split("Hello")[0].count("Harbour Mugs") > Page(with_logo.html).words.split("Hello")[
        0
    ].count("Harbour Mugs")


def test_a_personal_note_has_no_picture_at_all() -> None:
    page = Page(compose(ana(template="plain-personal", look=LOGO), LINKS).html)

    assert "img" not in [tag for tag, _ in page.tags]
    assert not page.values("bgcolor")


@pytest.mark.parametrize("url", ["http://shop.example/logo.png", "javascript:x", "https://user@shop.example/x"])
def test_a_logo_that_is_no_picture_over_https_is_left_out(url: str) -> None:
    assert Page(compose(ana(items=(), look=Look(logo_url=url)), LINKS).html).values("src") == []


@given(st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_both_colours_become_readable_by_day_and_by_night(accent: int, second: int) -> None:
    theme = theme_of(f"#{accent:06x}", f"#{second:06x}")

    assert contrast(theme.accent, "#ffffff") >= ENOUGH
    assert contrast(theme.second, "#ffffff") >= ENOUGH
    assert contrast(theme.on_dark, DARK_PAPER) >= ENOUGH
    assert contrast(theme.second_on_dark, DARK_PAPER) >= ENOUGH


@pytest.mark.parametrize("rubbish", ["", "red", "url(https://evil.example)", "#12345"])
def test_a_second_colour_that_is_none_leaves_the_question_in_ink(rubbish: str) -> None:
    html = compose(ana(look=Look(second=rubbish)), LINKS).html

    assert html == compose(ana(look=Look()), LINKS).html
    assert "color:#1d2125" in html


@pytest.mark.parametrize("template", WITH_TOP)
def test_a_second_colour_is_the_questions(template: str) -> None:
    html = compose(ana(template=template, look=Look(second="#7a1f3d")), LINKS).html

    assert re.search(r"color:#7a1f3d;?\"?>\s*How was your order", html)
    assert theme_of("", "#7a1f3d").second_on_dark in html


@pytest.mark.parametrize("font", Font)
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_font_is_said_everywhere_and_once_more_to_word(template: str, font: Font) -> None:
    html = compose(ana(template=template, look=Look(font=font)), LINKS).html

    before, _, rest = html.partition("<!--[if mso]><style>")
    for_word, _, after = rest.partition("<![endif]-->")
    assert set(re.findall(r"font-family:([^;\"]+)", before + after)) == {STACKS[font]}
    assert f"font-family: {IN_WORD[font]} !important" in for_word


@pytest.mark.parametrize(
    ("tone", "hello", "nobody", "end"),
    [
        (Tone.WARM, "Hi Ana,", "Hi there,", "With warm thanks,"),
        (Tone.PLAIN, "Hello Ana,", "Hello,", "Kind regards,"),
        (Tone.FORMAL, "Dear Ana Ruiz,", "Dear customer,", "Yours sincerely,"),
    ],
)
@pytest.mark.parametrize("template", ["classic", "plain-personal", "product-card"])
def test_a_tone_greets_and_ends_in_its_way(template: str, tone: Tone, hello: str, nobody: str, end: str) -> None:
    look = Look(tone=tone, signature="Maria")

    known = compose(ana(template=template, look=look), LINKS)
    unknown = compose(ana(template=template, look=look, first_name="", last_name=""), LINKS)

    for words in (Page(known.html).words, known.text):
        assert hello in words
        assert re.search(rf"{end}\s*Maria", words)
    assert nobody in unknown.text.splitlines()


def test_half_a_name_is_greeted_formally_too_and_a_link_never() -> None:
    look = Look(tone=Tone.FORMAL)

    assert "Dear Ruiz,\n" in compose(ana(look=look, first_name=""), LINKS).text
    assert "Dear Ruiz,\n" in compose(ana(look=look, first_name="www.evil.com"), LINKS).text


@settings(max_examples=40)
@given(signature=st.text(max_size=90), locale=st.sampled_from(LANGUAGES))
def test_a_signature_is_words(signature: str, locale: str) -> None:
    plain = Page(compose(ana(locale=locale), LINKS).html).shape

    letter = compose(ana(locale=locale, look=Look(signature=signature)), LINKS)

    assert Page(letter.html).shape == plain
