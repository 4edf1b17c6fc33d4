"""What customers' pages look like and do is two small files, named by their contents, so that caches may keep them."""

import hashlib
import re
from pathlib import Path

from campaigns.composition.theme import DARK_PAPER, theme_of

STATIC = Path(__file__).parent / "static"
COMMENT = re.compile(r"/\*.*?\*/|^ *//.*?$", re.DOTALL | re.MULTILINE)


def _without_comments(name: str) -> str:
    """Read a file as it is served: its comments are for us, and its indents too."""
    text = COMMENT.sub("", (STATIC / name).read_text(encoding="utf-8"))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


STYLE, SCRIPT = _without_comments("survey.css"), _without_comments("survey.js")
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
