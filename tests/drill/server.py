"""The audit server: `python -m tests.drill.server LOG`, a process of its own that writes down every dot it takes.

A letter is in the log before its sender can hear of it, so that no crash of either can hide one.
It ends when whoever started it does.
"""

import json
import os
import random
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.drill.conversation import Conversation
from tests.drill.mischief import Mischief
from tests.drill.wire import Wire


class Server:
    """Listens for letters and for orders how to treat them."""

    def __init__(self, log: Path) -> None:
        self.mischief = Mischief()
        self.keep: Path | None = None  # where whole letters go, when asked for
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self._open = self._taken = 0
        self._next_dot = 0.0
        self._listener: socket.socket | None = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]

    def write_down(self, **event: Any) -> None:
        with self._lock:
            self._taken += event["event"] == "taken"
        os.write(self._log, json.dumps(event).encode() + b"\n")

    def obey(self, order: dict[str, Any]) -> dict[str, int]:
        if "mischief" in order:
            self.mischief = Mischief.read(order["mischief"])
            self._come_or_go()
        if "keep" in order:
            self.keep = Path(order["keep"]) if order["keep"] else None
        return {"open": self._open, "taken": self._taken}

    def _come_or_go(self) -> None:
        if self.mischief.down and self._listener:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        elif not self.mischief.down and self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)

    def serve(self) -> None:
        while True:
            listener = self._listener
            if listener is None:
                time.sleep(0.02)
                continue
            with suppress(OSError):
                sock, _ = listener.accept()
                threading.Thread(target=self._host, args=(sock,), daemon=True).start()

    def _host(self, sock: socket.socket) -> None:
        with self._lock:
            self._open += 1
        try:
            Conversation(self, Wire(sock, lambda: self.mischief.down), self._open).hold()
        finally:
            sock.close()
            with self._lock:
                self._open -= 1

    def wait_for_turn(self) -> None:
        """Let letters in one after another at the pace asked for, in bursts and lulls."""
        if not (pace := self.mischief.pace):
            return
        with self._lock:
            now = time.monotonic()
            self._next_dot = min(max(self._next_dot, now) + random.expovariate(pace), now + 5)
            until = self._next_dot
        time.sleep(max(0.0, until - time.monotonic()))


def main() -> None:
    server = Server(Path(sys.argv[1]))
    threading.Thread(target=server.serve, daemon=True).start()
    sys.stdout.write(json.dumps({"port": server.port}) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:  # orders; their end is ours
        sys.stdout.write(json.dumps(server.obey(json.loads(line))) + "\n")
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
