"""What customers' pages look like and do is two small files, named by their contents, so that caches may keep them."""

import hashlib
from pathlib import Path

from campaigns.composition.theme import DARK_PAPER, theme_of

STATIC = Path(__file__).parent / "static"
STYLE = (STATIC / "survey.css").read_text(encoding="utf-8")
SCRIPT = (STATIC / "survey.js").read_text(encoding="utf-8")
DIGEST = hashlib.sha256((STYLE + SCRIPT).encode()).hexdigest()[:12]


def stylesheet(accent: str) -> str:
    """Return the stylesheet in a merchant's colour, readable by day and by night."""
    theme = theme_of(accent)
    return (
        f":root{{--accent:{theme.accent};--on-accent:#fff}}\n"
        f"@media(prefers-color-scheme:dark){{:root{{--accent:{theme.on_dark};--on-accent:{DARK_PAPER}}}}}\n"
        f"{STYLE}"
    )


def colour_name(accent: str) -> str:
    """Return a colour as it stands in the stylesheet's address; anything else than a colour as "plain"."""
    digits = accent.removeprefix("#").lower()
    return digits if len(digits) == 6 and all(c in "0123456789abcdef" for c in digits) else "plain"
