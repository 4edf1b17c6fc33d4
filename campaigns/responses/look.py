"""What customers' pages look like and do is two small files, named by their contents, so that caches may keep them."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from campaigns.composition.theme import DARK_PAPER, theme_of
from campaigns.merchants.look import STACKS, Font

STATIC = Path(__file__).parent / "static"
COMMENT = re.compile(r"/\*.*?\*/|^ *//.*?$", re.DOTALL | re.MULTILINE)


def _without_comments(name: str) -> str:
    """Read a file as it is served: its comments are for us, and its indents too."""
    text = COMMENT.sub("", (STATIC / name).read_text(encoding="utf-8"))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


STYLE, SCRIPT = _without_comments("survey.css"), _without_comments("survey.js")
DIGEST = hashlib.sha256((STYLE + SCRIPT).encode()).hexdigest()[:12]


def stylesheet(name: str, style: str = STYLE) -> str:
    """Return a stylesheet in the look that a name stands for, readable by day and by night."""
    accent, second, font = (*name.split("-"), "", "")[:3]
    theme = theme_of(f"#{accent}", f"#{second}")
    stack = f";--font:{STACKS[Font(font)]}" if font in set(Font) else ""
    by_day, by_night = (f";--second:{each}" if each else "" for each in (theme.second, theme.second_on_dark))
    return (
        f":root{{--accent:{theme.accent};--on-accent:#fff{by_day}{stack}}}\n"
        "@media(prefers-color-scheme:dark){:root:not([data-scheme=light])"
        f"{{--accent:{theme.on_dark};--on-accent:{DARK_PAPER}{by_night}}}}}\n{style}"
    )


@lru_cache(maxsize=1000)
def look_name(accent: str, second: str = "", font: str = Font.SYSTEM) -> str:
    """Return a merchant's look as it stands in the stylesheet's address: two colours and a font, and nothing else."""
    if not second and font == Font.SYSTEM:
        return _colour_name(accent)
    return f"{_colour_name(accent)}-{_colour_name(second)}-{Font(font).value}"


def _colour_name(colour: str) -> str:
    digits = colour.removeprefix("#").lower()
    return digits if len(digits) == 6 and all(c in "0123456789abcdef" for c in digits) else "plain"
