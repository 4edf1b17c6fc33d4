"""What may be asked of the bench."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    kinds: tuple[str, ...]  # of database
    rounds: int
    seconds: float  # a round of one contender
    is_large: bool
