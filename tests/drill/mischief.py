"""What a mail server does to whoever talks to it: each ill as a share of the chances to do it."""

from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Mischief:
    """Shares are from 0 to 1; a server without any behaves."""

    pipelining: bool = True  # offered in the greeting
    rcpt_later: float = 0  # 451 to a recipient
    goodbye: float = 0  # 421 to any command, and to the dot
    dot_later: float = 0  # 451 to the dot: not taken
    drop_before_dot: float = 0
    drop_after_dot: float = 0  # the letter is taken, and its sender never hears of it
    drop_after_reply: float = 0
    slow: float = 0  # share of replies that are held back
    slow_seconds: float = 0.5
    most_connections: int = 0  # 0: as many as want to
    down: bool = False  # nobody listens, and who was connected is cut off
    pace: float = 0  # letters a second over all connections, bursts and lulls included; 0: as fast as they come

    @classmethod
    def read(cls, values: dict[str, Any]) -> Self:
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})
