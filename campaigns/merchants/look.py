"""A merchant's look is a handful of choices that letters and pages wear alike; none of them is markup."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from campaigns.errors import AskwellError

ACCENT = "#1f6f54"  # the colour of a merchant that named none
COLOUR = re.compile(r"#[0-9a-f]{6}")
LOGO = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z0-9-]+(:\d+)?/[!#-;=?-~]+")
LONGEST_LOGO, LONGEST_SIGNATURE = 500, 80


class Font(StrEnum):
    SYSTEM = "system"
    SERIF = "serif"
    HUMANIST = "humanist"
    ROUNDED = "rounded"
    MONO = "mono"


class Tone(StrEnum):
    WARM = "warm"
    PLAIN = "plain"
    FORMAL = "formal"


# Only what machines have: a letter that fetched a font would tell somebody who reads it. Figures stand on one line
# in each of these, because a rating row is made of them; and no name is quoted, so that any attribute may hold it.
STACKS = {
    Font.SYSTEM: "-apple-system, BlinkMacSystemFont, Segoe UI, Roboto, Helvetica Neue, Noto Sans, Noto Sans Arabic, "
    "Arial, sans-serif",
    Font.SERIF: "Charter, Bitstream Charter, Sitka Text, Cambria, Noto Serif, Noto Naskh Arabic, Times, serif",
    Font.HUMANIST: "Seravek, Gill Sans Nova, Ubuntu, Calibri, Open Sans, Noto Sans, Noto Sans Arabic, sans-serif",
    Font.ROUNDED: "ui-rounded, SF Pro Rounded, Nunito, Quicksand, Arial Rounded MT, Calibri, Noto Sans, "
    "Noto Sans Arabic, sans-serif",
    Font.MONO: "ui-monospace, SF Mono, Menlo, Consolas, DejaVu Sans Mono, Noto Sans Mono, Noto Sans Arabic, monospace",
}
# Word's engine takes Times wherever the first name of a stack is not there, so it gets a stack it has.
IN_WORD = {
    Font.SYSTEM: "Segoe UI, Arial, sans-serif",
    Font.SERIF: "Cambria, Georgia, serif",
    Font.HUMANIST: "Calibri, Arial, sans-serif",
    Font.ROUNDED: "Calibri, Arial, sans-serif",
    Font.MONO: "Consolas, Courier New, monospace",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    logo_url: str = ""  # https, or empty: then the name stands there
    accent: str = ACCENT
    second: str = ""  # of the name and the question; empty: the accent's and the ink's
    font: Font = Font.SYSTEM
    tone: Tone = Tone.PLAIN
    signature: str = ""  # who signs a letter; empty: the merchant's name


@lru_cache(maxsize=1000)
def worn(logo_url: str, accent: str, second: str, font: str, tone: str, signature: str) -> Look:
    """Return the look that columns hold, the same value for the same words."""
    return Look(logo_url=logo_url, accent=accent, second=second, font=Font(font), tone=Tone(tone), signature=signature)


def checked_colour(text: str, name: str) -> str:
    """Return a colour in small letters; raises AskwellError."""
    colour = text.strip().lower()
    if not COLOUR.fullmatch(colour):
        raise AskwellError(f"{name} is {text!r}; it is a colour like {ACCENT}.")
    return colour


def checked_logo(text: str, name: str) -> str:
    """Return the address of a picture that any mail program may fetch; raises AskwellError."""
    url = text.strip()
    if len(url) > LONGEST_LOGO or not LOGO.fullmatch(url):
        raise AskwellError(f"{name} is no picture's address; it is like https://shop.example/logo.png.")
    if url.partition("?")[0].lower().endswith((".svg", ".svgz")):
        raise AskwellError(f"{name} is an SVG, which hardly any mail program shows; give a PNG or a JPEG.")
    return url


def checked_signature(text: str, name: str) -> str:
    """Return who signs, on one line; raises AskwellError."""
    signature = " ".join(text.split())
    if len(signature) > LONGEST_SIGNATURE or not signature.isprintable():
        raise AskwellError(f"{name} is no signature; it is one line of at most {LONGEST_SIGNATURE} characters.")
    return signature
