import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.composition.theme import DARK_PAPER, ENOUGH, contrast, theme_of


@given(st.integers(0, 0xFFFFFF))
def test_any_colour_becomes_readable_both_on_white_and_on_the_dark(number: int) -> None:
    theme = theme_of(f"#{number:06x}")

    assert contrast(theme.accent, "#ffffff") >= ENOUGH
    assert contrast(theme.on_dark, DARK_PAPER) >= ENOUGH
    assert re.fullmatch(r"#[0-9a-f]{6}", theme.accent)


@pytest.mark.parametrize("colour", ["#1f6f54", "#7a1f3d", "#000000"])
def test_a_colour_that_is_readable_stays_as_it_is(colour: str) -> None:
    assert theme_of(colour).accent == colour


@pytest.mark.parametrize("rubbish", ["", "red", "#12345", "#1234567", "#12345g", "#123456\n"])
def test_what_is_no_colour_becomes_the_houses_own(rubbish: str) -> None:
    assert theme_of(rubbish) == theme_of("#1f6f54")


def test_contrast_is_the_one_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
