"""What a comment box looks like and does: a small stylesheet, a script for the shop's page, one for the box itself."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from campaigns.composition.theme import DARK_PAPER, theme_of

STATIC = Path(__file__).parent / "static"
STYLE = (STATIC / "box.css").read_text(encoding="utf-8")
SCRIPT = (STATIC / "box.js").read_text(encoding="utf-8")
LOADER = (STATIC / "box_loader.js").read_text(encoding="utf-8")
BOX_DIGEST = hashlib.sha256((STYLE + SCRIPT).encode()).hexdigest()[:12]


@lru_cache(maxsize=1000)
def box_stylesheet(accent: str) -> str:
    """Return the stylesheet in a merchant's colour, readable by day and by night."""
    theme = theme_of(accent)
    return (
        f":root{{--accent:{theme.accent};--on-accent:#fff}}\n"
        f"@media(prefers-color-scheme:dark){{:root:not([data-scheme=light]){{--accent:{theme.on_dark};--on-accent:{DARK_PAPER}}}}}\n{STYLE}"
    )


def loader(url: str, title: str) -> str:
    """Return the script a shop puts on its page; it knows where its box is, and what to call it for a screen reader."""
    known = json.dumps({"url": url, "title": title}).replace("<", "\\u003c")
    return LOADER.replace("BOX", known, 1)
