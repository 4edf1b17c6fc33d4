"""The small files behind a customer's page."""

import pytest

from campaigns.composition.theme import contrast
from campaigns.responses.look import STYLE, colour_name, stylesheet


@pytest.mark.parametrize("accent", ["#1f6f54", "#ffee00", "#000000", "#ffffff", "#b4552d", "nonsense"])
def test_a_merchants_colour_can_be_read_by_day_and_by_night(accent: str) -> None:
    day, night = stylesheet(accent).splitlines()[:2]
    by_day, by_night = (line.split("--accent:")[1][:7] for line in (day, night))

    assert contrast(by_day, "#ffffff") >= 4.5
    assert contrast(by_night, "#16191c") >= 4.5
    assert "--paper: #16191c" in STYLE, "the night's paper is the one colours are measured against"


@pytest.mark.parametrize(
    ("accent", "name"),
    [
        ("#1F6F54", "1f6f54"),
        ("red", "plain"),
        ("", "plain"),
        ("#12345", "plain"),
        ("#../../", "plain"),
        ("#12345٦", "plain"),
    ],
)
def test_only_a_colour_becomes_part_of_an_address(accent: str, name: str) -> None:
    assert colour_name(accent) == name
