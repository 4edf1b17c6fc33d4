"""A process told to stop finishes the letter in hand first, and then stops as it was told."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def listening() -> Iterator[Callable[[], bool]]:
    """Yield what tells whether to stop; a signal that came meanwhile is passed on at the end."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False  # signals reach the main thread only
        return

    def note(signum: int, frame: FrameType | None) -> None:
        caught.append(signum)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    heard = [number for number, handler in before.items() if handler not in {signal.SIG_IGN, None}]
    for number in heard:
        signal.signal(number, note)
    try:
        yield lambda: bool(caught)
    finally:
        for number in heard:
            signal.signal(number, before[number])
        if caught:
            signal.raise_signal(caught[0])
