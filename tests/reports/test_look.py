"""The staff's stylesheet can be read by everybody, in light and in dark."""

import re
from pathlib import Path

import pytest

import campaigns

CSS = (Path(campaigns.__file__).parent / "static" / "askwell.css").read_text()
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))
    for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
)
TEXT = [
    *((ink, paper) for ink in ("ink", "quiet", "accent", "bad") for paper in ("paper", "raised")),
    *(("ink", paper) for paper in ("room", "warn-paper", "bad-paper")),
    ("warn", "warn-paper"),
    ("bad", "bad-paper"),
    ("accent", "bad-paper"),
    ("on-accent", "accent"),
]


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_stands_out_in_light_and_dark(ink: str, paper: str) -> None:
    assert contrast(LIGHT[ink], LIGHT[paper]) >= 4.5
    assert contrast({**LIGHT, **DARK}[ink], {**LIGHT, **DARK}[paper]) >= 4.5


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
