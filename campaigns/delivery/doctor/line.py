"""A line of the doctor's is one thing looked at: its state, what was seen, what to do."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"  # nobody could be asked; that is no failure


@dataclass(frozen=True, slots=True)
class Line:
    check: str
    state: State
    what: str
    do: str = ""
