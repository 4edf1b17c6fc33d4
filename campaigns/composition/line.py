"""What others wrote becomes one harmless line: no break, no control, no turning of the text's direction."""

import re
import unicodedata
from functools import lru_cache

# Overrides and isolates could turn the words around a name; joiners, which emoji and Persian need, stay.
TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Mail programs make a link of these: a name holding one is somebody's advertisement in our letter.
LINKED = re.compile(r"[/\\@]|\w\.\w{2,}")
NO_WRITING = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})


@lru_cache(maxsize=4096)  # a letter says each of its words several times, and shops sell the same things again
def one_line(text: str, longest: int = 120) -> str:
    """Return a text on one line, at most `longest` characters, cut with an ellipsis."""
    kept = text[: longest * 4]
    if not kept.isprintable():  # what is printable holds no control, no turn and no space but the common one
        kept = _without_turns(kept)
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


@lru_cache(maxsize=4096)
def person_name(text: str) -> str:
    """Return a name to address a person by, or nothing where it would become a link."""
    name = one_line(text, 60)
    return "" if LINKED.search(name) else name


@lru_cache(maxsize=1000)
def _without_turns(text: str) -> str:
    return "".join(c if _is_writing(c) else " " for c in text if c not in TURNS)


def _is_writing(character: str) -> bool:
    return unicodedata.category(character) not in NO_WRITING
