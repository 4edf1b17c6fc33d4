"""What a comment box looks like and does: a small stylesheet, a script for the shop's page, one for the box itself."""

import hashlib
import json
from pathlib import Path

from campaigns.responses.look import stylesheet

STATIC = Path(__file__).parent / "static"
STYLE = (STATIC / "box.css").read_text(encoding="utf-8")
SCRIPT = (STATIC / "box.js").read_text(encoding="utf-8")
LOADER = (STATIC / "box_loader.js").read_text(encoding="utf-8")
BOX_DIGEST = hashlib.sha256((STYLE + SCRIPT).encode()).hexdigest()[:12]


def box_stylesheet(name: str) -> str:
    """Return the stylesheet in the look that a name stands for."""
    return stylesheet(name, STYLE)


def loader(url: str, title: str) -> str:
    """Return the script a shop puts on its page; it knows where its box is, and what to call it for a screen reader."""
    known = json.dumps({"url": url, "title": title}).replace("<", "\\u003c")
    return LOADER.replace("BOX", known, 1)
