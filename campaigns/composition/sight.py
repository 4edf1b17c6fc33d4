"""A letter as some reader has it before the eyes: by day or by night, with pictures or with none."""

import base64
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from campaigns.composition.samples import PICTURE

SAMPLE = Path(__file__).resolve().parents[1] / "static" / "sample" / "mug.png"
DARK = re.compile(r"@media\s*\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
LIGHT = re.compile(r"@media\s*\(\s*prefers-color-scheme\s*:\s*light\s*\)")
SCHEME = re.compile(r"""(color-schemes?["']?\s*(?::|content\s*=\s*["'])\s*)light dark""")
IMAGE = re.compile(r"""(<img\b[^>]*?\bsrc\s*=\s*)(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
NOTHING = 'data:image/gif;base64,"'  # a picture that cannot be read: its words are shown, as where pictures are blocked


class Sight(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    IMAGES_OFF = "images-off"


def as_seen(html: str, *, is_dark: bool = False, has_images: bool = True) -> str:
    """Return a sample letter's HTML as it shows, whatever the one who looks at it prefers."""
    html = DARK.sub("@media all" if is_dark else "@media not all", html)
    html = LIGHT.sub("@media not all" if is_dark else "@media all", html)
    html = SCHEME.sub(rf"\1{'dark' if is_dark else 'light'}", html)
    if has_images:
        return html.replace(PICTURE, _sample_picture())
    return IMAGE.sub(rf'\1"{NOTHING}', html)


def as_seen_in(html: str, sight: Sight) -> str:
    return as_seen(html, is_dark=sight is Sight.DARK, has_images=sight is not Sight.IMAGES_OFF)


@cache
def _sample_picture() -> str:
    return f"data:image/png;base64,{base64.b64encode(SAMPLE.read_bytes()).decode()}"


def without_sample_picture(items: tuple[Mapping[str, Any], ...]) -> tuple[Mapping[str, Any], ...]:
    """Return things bought without the example's picture, which is at no address a mail program could fetch."""
    return tuple({**item, "image_url": ""} if item.get("image_url") == PICTURE else item for item in items)
