"""How long a server is waited for, and how long it is made use of, said in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Spans are in seconds."""

    patience: float = 30.0  # for a connection and for the reply to a command
    with_a_letter: float = 90.0  # for the reply to the final dot: many servers look at letters first
    at_the_end: float = 5.0  # for a goodbye
    idle: float = 60.0  # without a letter, before we say goodbye
    age: float = 300.0  # of a connection that gets no further letter
    letters_each: int = 100  # on one connection; servers tire of longer ones
