"""A plate prints every letter of one shape: what they share is encoded ahead, and only their leaves are filled in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from campaigns.composition.line import one_line
from campaigns.composition.quoted import SOFT
from campaigns.composition.subject import LONGEST

Turn = Callable[[str], str]
Encode = Callable[[str], bytes]
Order = Callable[[list[bytes]], tuple[bytes, ...]]


class Made(NamedTuple):
    """A leaf, and the ways in which its words are needed."""

    leaf: int
    is_same: Callable[[str], object]  # whether all these ways come to the same, the words as they are
    ways: list[Encode]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    subject_words: list[str]  # of the house's subject; each but the last is followed by a leaf
    subject_leaves: list[tuple[int, Turn]]
    shared: list[bytes]  # the same in every letter
    made: list[Made]
    ordered: Order  # puts what is shared, the boundary and what was made in their places

    def house_subject(self, leaves: Sequence[str]) -> str:
        words = list(self.subject_words)
        for at, (leaf, turn) in enumerate(self.subject_leaves):
            words[at] += turn(leaves[leaf])
        return one_line("".join(words), LONGEST)

    def body(self, leaves: Sequence[str], boundary: str) -> bytes:
        """Print a letter; the last of its leaves is the subject."""
        parts = [*self.shared, boundary.encode("ascii")]
        for leaf, is_same, ways in self.made:
            words = leaves[leaf]
            if is_same(words):
                parts += [words.encode("ascii") + SOFT] * len(ways)
            else:
                parts += [encode(words) for encode in ways]
        return b"".join(self.ordered(parts))
