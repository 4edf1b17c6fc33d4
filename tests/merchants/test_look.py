"""A look is a handful of safe choices: what is no colour, no picture or no line never gets in."""

import pytest

from campaigns.errors import AskwellError
from campaigns.merchants.look import (
    IN_WORD,
    STACKS,
    Font,
    Look,
    Tone,
    checked_colour,
    checked_logo,
    checked_signature,
    worn,
)


def test_columns_make_a_look() -> None:
    found = worn("https://shop.example/logo.png", "#1f5f8b", "", "serif", "warm", "Maria")

    assert found == Look(
        logo_url="https://shop.example/logo.png",
        accent="#1f5f8b",
        font=Font.SERIF,
        tone=Tone.WARM,
        signature="Maria",
    )


@pytest.mark.parametrize("font", Font)
def test_every_font_is_one_that_machines_have_and_any_attribute_may_hold(font: Font) -> None:
    for stack in (STACKS[font], IN_WORD[font]):
        assert not set(stack) & set("\"'<>&;{}():/")
        assert stack.rsplit(", ", 1)[1] in {"sans-serif", "serif", "monospace"}


def test_a_colour_is_kept_in_small_letters() -> None:
    assert checked_colour(" #1F5F8B ", "--accent") == "#1f5f8b"


@pytest.mark.parametrize("rubbish", ["red", "#12345", "#12345g", "#fff", "1f5f8b", "url(x)"])
def test_what_is_no_colour_is_named(rubbish: str) -> None:
    with pytest.raises(AskwellError, match=r"^--accent is .* it is a colour like #1f6f54\.$"):
        checked_colour(rubbish, "--accent")


@pytest.mark.parametrize(
    "url", ["https://shop.example/logo.png", "https://cdn.shop.example:8443/a/b.jpg?v=3&w=200", "https://a.b/x%20y.gif"]
)
def test_a_picture_over_https_is_a_logo(url: str) -> None:
    assert checked_logo(url, "--logo") == url


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/logo.png",
        "//shop.example/logo.png",
        "https://shop.example",
        "https://localhost/logo.png",
        "https://user@shop.example/logo.png",
        "https://shop.example/a b.png",
        "https://shop.example/\"onload='x'",
        "https://shop.example/<script>",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "https://shop.example/" + "x" * 500,
        "",
    ],
)
def test_anything_else_is_none(url: str) -> None:
    with pytest.raises(AskwellError, match="--logo is no picture's address"):
        checked_logo(url, "--logo")


@pytest.mark.parametrize("url", ["https://shop.example/logo.svg", "https://shop.example/logo.SVG?v=2"])
def test_a_picture_no_mail_program_shows_is_refused_with_the_reason(url: str) -> None:
    with pytest.raises(AskwellError, match="SVG"):
        checked_logo(url, "--logo")


def test_a_signature_is_one_line() -> None:
    assert checked_signature("  Maria,\n Harbour  Mugs ", "--signature") == "Maria, Harbour Mugs"
    for rubbish in ("x" * 81, "a\u202eb", "a\x00b"):
        with pytest.raises(AskwellError, match="--signature is no signature"):
            checked_signature(rubbish, "--signature")
