"""Which language there is for whoever reads: the nearest along their wishes; no tag is ever refused."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from babel.core import get_global

SOURCE = "en"  # the language of the msgids, in which nothing lacks a translation
CATALOGUES = Path(__file__).resolve().parent / "translations"
TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*(?![A-Za-z0-9])")
REMEMBERED = 4096


@cache
def available() -> tuple[str, ...]:
    """Return the tags of all languages, the source first."""
    found = {path.parts[-3].replace("_", "-") for path in CATALOGUES.glob("*/LC_MESSAGES/*.po")}
    return (SOURCE, *sorted(found - {SOURCE}))


def choose(*wanted: str) -> str:
    """Return the first language there is along the wishes, each widened ("es-ES", then "es"); else the source."""
    for wish in wanted:
        if isinstance(wish, str) and (tag := _nearest(wish)):
            return tag
    return SOURCE


@lru_cache(maxsize=REMEMBERED)
def _nearest(wish: str) -> str | None:
    ours = {tag.lower(): tag for tag in available()}
    return next((ours[tag] for tag in _widened(wish) if tag in ours), None)


def _widened(wish: str) -> Iterator[str]:
    """Yield ever wider tags: "he-IL", "he"; and with the script that goes without saying: "zh-Hans-CN", "zh-Hans"."""
    found = TAG.match(wish.strip())
    parts = found.group().replace("_", "-").lower().split("-") if found else []
    if not parts:
        return
    parts[0] = str(get_global("language_aliases").get(parts[0], parts[0]))  # iw has been he since 1989
    for whole in ("-".join(parts), _in_script(parts)):
        left = whole.split("-") if whole else []
        yield from ("-".join(left[:length]) for length in range(len(left), 0, -1))


def _in_script(parts: list[str]) -> str:
    """Return a tag with the script its language is written in there; nothing where the tag names one."""
    language, *rest = parts
    if any(len(part) == 4 and part.isalpha() for part in rest):
        return ""
    regions = [f"{language}_{part.upper()}" for part in rest if len(part) == 2]
    likely = get_global("likely_subtags")
    return next((likely[tag].replace("_", "-").lower() for tag in (*regions, language) if tag in likely), "")
