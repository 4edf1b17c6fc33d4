"""A value is marked where a letter writes it out, so that what surrounds it can be told from it, and encoded ahead.

Two kinds of words go into a template in place of a plain string. A `Value` is the string itself
for whatever a template asks of it, and marked only where it is written. A `Slot` stands for
whichever value will come: it may be written and it is always true, and refuses any other
question, because a template's answer to that would hold for one letter only. One thing neither
can do is to be padded by `"%9s" % name`, which counts the marks.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from markupsafe import escape

# Private-use characters: `one_line` lets none through, so no value can hold a mark.
OPEN, CLOSE = "\ue000", "\ue001"
SPECIAL = re.compile("[<>&'\"]")
MARKED = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
NUMBERED = re.compile(r"(\d+)(i?)xX")  # a filter that changes letters would change these too


@dataclass(frozen=True, slots=True)
class Written:
    """Words that are no string, so that a sentence takes them as they are."""

    words: str

    def __str__(self) -> str:
        return self.words


class Leaf(str):
    """Words of a letter, and how they are written inside a sentence of its language."""

    in_sentence: Written

    def __bool__(self) -> bool:
        return True


class Value(Leaf):
    def __str__(self) -> str:
        return f"{OPEN}{super().__str__()}{CLOSE}"

    def __html__(self) -> str:
        return f"{OPEN}{escaped(super().__str__())}{CLOSE}"


class Slot(Leaf):
    def __format__(self, manner: str) -> str:
        return _refuse(self) if manner else str(self)


class LookedAt(Exception):
    """A template asked for more of a value than to write it."""


def escaped(words: str) -> str:
    """Return words as they stand in HTML."""
    return str(escape(words)) if SPECIAL.search(words) else words


def value(words: str, isolated: str) -> Value:
    marked = Value(words)
    marked.in_sentence = Written(f"{OPEN}{isolated}{CLOSE}")
    return marked


def slot(number: int) -> Slot:
    empty = Slot(f"{OPEN}{number}xX{CLOSE}")
    empty.in_sentence = Written(f"{OPEN}{number}ixX{CLOSE}")
    return empty


def pieces(text: str) -> list[str]:
    """Split a written text: the words of the template first and last, and every second piece a value."""
    return MARKED.split(text)


def slot_number(piece: str) -> tuple[int, bool]:
    """Return which slot a piece is, and whether it stands in a sentence; raises LookedAt if it is none any more."""
    if found := NUMBERED.fullmatch(piece):
        return int(found[1]), bool(found[2])
    raise LookedAt


def unmarked(text: str) -> str:
    return text.replace(OPEN, "").replace(CLOSE, "")


def _refuse(self: Slot, *_: object, **__: object) -> NoReturn:
    raise LookedAt


_OPERATORS = {"len", "iter", "contains", "getitem", "eq", "ne", "lt", "le", "gt", "ge", "hash"}
_OPERATORS |= {"add", "mul", "rmul", "mod", "rmod"}
for _name in {name for name in dir(str) if not name.startswith("_")} | {f"__{name}__" for name in _OPERATORS}:
    setattr(Slot, _name, _refuse)
