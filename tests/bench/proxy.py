"""A wire that is as long as one likes: `python -m tests.bench.proxy PORT` delays every byte, both ways.

It prints its port, and when it is told to stop prints as JSON how many connections it carried at most.
"""

import argparse
import json
import math
import selectors
import signal
import socket
import sys
import time
from collections import deque
from contextlib import suppress
from types import FrameType

from tests.bench.machine import pin

CHUNK = 262_144
SPIN = 0.001  # epoll counts in whole milliseconds; the last one is waited out awake


class End:
    """One of the two ends of a connection, and what it could not take yet."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire
        self.other: End = self
        self.waiting: deque[bytes] = deque()
        self.events = 0  # that the selector looks for
        self.is_over = False


class Proxy:
    def __init__(self, port: int, delay: float) -> None:
        self.port = port
        self.delay = delay
        self.selector = selectors.DefaultSelector()
        self.late: deque[tuple[float, End, bytes]] = deque()  # one delay for all: first in, first out
        self.open = self.peak = 0

    def run(self, listener: socket.socket) -> None:
        self.selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, events in self.selector.select(self._patience()):
                if key.data is None:
                    self._connect(listener.accept()[0])
                    continue
                if events & selectors.EVENT_WRITE:
                    self._flush(key.data)
                if events & selectors.EVENT_READ:
                    self._read(key.data)
            now = time.monotonic()
            while self.late and self.late[0][0] <= now:
                _, end, data = self.late.popleft()
                end.waiting.append(data)
                self._flush(end)

    def _patience(self) -> float | None:
        if not self.late:
            return None
        left = self.late[0][0] - time.monotonic()
        return 0 if left < SPIN else math.floor(left * 1000) / 1000

    def _connect(self, near: socket.socket) -> None:
        far = socket.create_connection(("127.0.0.1", self.port))
        one, other = End(near), End(far)
        one.other, other.other = other, one
        for end in (one, other):
            end.wire.setblocking(False)
            end.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._look(end)
        self.open += 1
        self.peak = max(self.peak, self.open)

    def _read(self, end: End) -> None:
        try:
            data = end.wire.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.late.append((time.monotonic() + self.delay, end.other, data))
        if not data:
            end.is_over = True
            self.open -= not end.other.is_over  # whoever hangs up first ends it
            self._look(end)

    def _flush(self, end: End) -> None:
        while end.waiting:
            data = end.waiting.popleft()
            if not data:
                self._close(end)
                return
            try:
                sent = end.wire.send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                end.waiting.clear()
                break
            if sent < len(data):
                end.waiting.appendleft(data[sent:])
                break
        self._look(end)

    def _look(self, end: End) -> None:
        """Look for what this end may do next, and trouble the selector only where that has changed."""
        events = (0 if end.is_over else selectors.EVENT_READ) | (selectors.EVENT_WRITE if end.waiting else 0)
        if events == end.events or end.wire.fileno() < 0:
            return
        if not end.events:
            self.selector.register(end.wire, events, end)
        elif not events:
            self.selector.unregister(end.wire)
        else:
            self.selector.modify(end.wire, events, end)
        end.events = events

    def _close(self, end: End) -> None:
        """Pass a goodbye on; the connection is gone when both ends have said theirs."""
        with suppress(OSError):
            end.wire.shutdown(socket.SHUT_WR)
        if end.is_over:
            end.wire.close()
            end.other.wire.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int, help="of the server at the far end")
    parser.add_argument("--delay", type=float, default=0.01, help="seconds, one way")
    parser.add_argument("--cores", type=json.loads, default=[], help="where to run")
    arguments = parser.parse_args()
    pin(arguments.cores)
    proxy = Proxy(arguments.port, arguments.delay)

    def stop(signum: int, frame: FrameType | None) -> None:
        print(json.dumps({"connections": proxy.peak}), flush=True)
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        print(listener.getsockname()[1], flush=True)
        proxy.run(listener)


if __name__ == "__main__":
    main()
