"""Sixteen people who knock without pause: raw sockets kept open, one thread, a process of its own, every answer timed."""

import json
import pickle
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).parent.parent
CONNECTIONS = 16
HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one door did: `per_second` answered, and how long half and ninety-nine of a hundred of them took."""

    per_second: float
    p50_ms: float
    p99_ms: float
    answers: dict[int, int] = field(default_factory=dict)  # status → how many


@dataclass(slots=True)
class _Knocker:
    """One connection: what it sent when, and what has come back so far."""

    socket: socket.socket
    sent_at: float = 0.0
    received: bytes = b""


def status_of(received: bytes) -> int | None:
    """Return the status of an answer once all of it is here."""
    head, found, body = received.partition(HEAD_END)
    if not found:
        return None
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"), 0)
    return int(head[9:12]) if len(body) >= length else None


def ask(connection: socket.socket, request: bytes) -> int:
    """Send one request and return the status of its answer; raises OSError where there is none."""
    connection.sendall(request)
    received = b""
    while (status := status_of(received)) is None:
        if not (more := connection.recv(65536)):
            raise ConnectionError
        received += more
    return status


def knock(port: int, requests: list[bytes], seconds: float) -> Figures:
    """Send requests in turn, over sixteen connections, until the time is over; again from the first where they end."""
    with selectors.DefaultSelector() as selector:
        knockers = [_Knocker(_connect(port)) for _ in range(CONNECTIONS)]
        for knocker in knockers:
            selector.register(knocker.socket, selectors.EVENT_READ, knocker)
        try:
            return _knock(selector, knockers, requests, seconds)
        finally:
            for knocker in knockers:
                knocker.socket.close()


def knock_from_outside(port: int, requests: list[bytes], seconds: float) -> Figures:
    """The same from another process, so that who knocks does not slow down who answers."""
    told = pickle.dumps((port, requests, seconds))
    done = subprocess.run(
        [sys.executable, "-m", "tests.load"], input=told, stdout=subprocess.PIPE, cwd=ROOT, check=True
    )
    found = json.loads(done.stdout)
    return Figures(**{**found, "answers": {int(status): count for status, count in found["answers"].items()}})


def _knock(
    selector: selectors.BaseSelector, knockers: list[_Knocker], requests: list[bytes], seconds: float
) -> Figures:
    took: list[float] = []
    answers: dict[int, int] = {}
    turns = cycle(requests)
    began = time.perf_counter()
    for knocker in knockers:
        _send(knocker, next(turns))
    while (now := time.perf_counter()) - began < seconds:
        for key, _ in selector.select(1.0):
            knocker = key.data
            knocker.received += knocker.socket.recv(65536)
            status = status_of(knocker.received)
            if status is not None:
                took.append(time.perf_counter() - knocker.sent_at)
                answers[status] = answers.get(status, 0) + 1
                _send(knocker, next(turns))
    took.sort()
    return Figures(len(took) / (now - began), _at(took, 0.5), _at(took, 0.99), answers)


def _send(knocker: _Knocker, request: bytes) -> None:
    knocker.received = b""
    knocker.sent_at = time.perf_counter()
    knocker.socket.sendall(request)


def _connect(port: int) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port), 30)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def _at(took: list[float], share: float) -> float:
    return took[min(len(took) - 1, int(len(took) * share))] * 1000 if took else 0.0


if __name__ == "__main__":
    json.dump(asdict(knock(*pickle.load(sys.stdin.buffer))), sys.stdout)
