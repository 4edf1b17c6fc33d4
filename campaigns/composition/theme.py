"""A merchant's colours, made readable: white on the first, and both of them as text on white and on the dark."""

import re
from dataclasses import dataclass
from functools import lru_cache

from campaigns.merchants.look import ACCENT

ENOUGH = 4.5  # WCAG 2.2 AA, text of any size
DARK_PAPER = "#16191c"
HEX = re.compile(r"#[0-9a-fA-F]{6}")
Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    accent: str  # under white text, and as text on white
    on_dark: str  # under dark text, and as text on the dark paper
    second: str = ""  # as text on white; empty where the merchant has none
    second_on_dark: str = ""
    dark_paper: str = DARK_PAPER


@lru_cache(maxsize=1000)
def theme_of(colour: str, second: str = "") -> Theme:
    """Return the nearest readable shades of a merchant's colours; of the house's own where the first is none."""
    accent, on_dark = _shades(colour if HEX.fullmatch(colour) else ACCENT)
    second, second_on_dark = _shades(second) if HEX.fullmatch(second) else ("", "")
    return Theme(accent=accent, on_dark=on_dark, second=second, second_on_dark=second_on_dark)


def _shades(colour: str) -> tuple[str, str]:
    return _toward(colour, "#000000", "#ffffff"), _toward(colour, "#ffffff", DARK_PAPER)


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (lighter + 0.05) / (darker + 0.05)


def _toward(colour: str, end: str, against: str) -> str:
    """Mix a colour toward black or white in small steps until it stands out enough."""
    start, target = _rgb(colour), _rgb(end)
    steps = (
        "#" + "".join(f"{round(a + (b - a) * step / 50):02x}" for a, b in zip(start, target, strict=True))
        for step in range(51)
    )
    return next(shade for shade in steps if contrast(shade, against) >= ENOUGH)


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
