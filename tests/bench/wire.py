"""The servers the bench sends to, and how fast letters that cost nothing get there."""

import json
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.machine import ROOT, SINK_CORES, WORKER_CORES, binary, free_port, listens, started_on, wait_for

BLAST = 16  # connections


@dataclass
class Server:
    """A process that listens, and what it had to say when it was stopped."""

    port: int
    name: str
    report: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """So many letters in so much time."""

    letters: int
    seconds: float
    cpu: float  # seconds, of the senders alone

    @property
    def per_second(self) -> float:
        return self.letters / self.seconds

    @property
    def cpu_per_1000(self) -> float:
        return self.cpu / self.letters * 1000


@contextmanager
def program(name: str, *arguments: str) -> Iterator[Server]:
    """Run a server of ours; it prints its port first, and its report last."""
    command = [sys.executable, "-m", f"tests.bench.{name}", "--cores", json.dumps(SINK_CORES), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    server = Server(int(process.stdout.readline()), name)
    try:
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        server.report = json.loads(process.communicate()[0])


@contextmanager
def cheapest_sink() -> Iterator[Server]:
    """Run postfix's smtp-sink where it is installed, for everybody to measure against; ours otherwise."""
    path = binary("smtp-sink")
    if path is None:
        with program("sink") as server:
            yield server
        return
    port = free_port()
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    with started_on(SINK_CORES):
        process = subprocess.Popen([path, *user, f"127.0.0.1:{port}", "1000"], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: listens(port), "smtp-sink")
        yield Server(port, "smtp-sink")
    finally:
        process.terminate()
        process.wait()


def smtp_source(port: int, letters: int, size: int) -> Run:
    """Send with postfix's own generator over ten sessions: what a wire can do without a word written."""
    path = binary("smtp-source")
    assert path
    begin = time.monotonic()
    with started_on(WORKER_CORES):
        process = subprocess.Popen([path, "-s", "10", "-l", str(size), "-m", str(letters), f"127.0.0.1:{port}"])
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"smtp-source ended with {process.returncode}")
    return Run(letters, seconds, used.ru_utime + used.ru_stime)


def blast(port: int, letters: int, size: int) -> Run:
    """Send without ever waiting for an answer: more than any sender may, to see what a wire can carry."""
    letter = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n" + (b"x" * 73 + b"\r\n") * (size // 75)
    each = letters // BLAST
    talk = memoryview(b"EHLO bench\r\n" + (letter + b".\r\n") * each + b"QUIT\r\n")
    begin, used = time.monotonic(), time.process_time()
    with selectors.DefaultSelector() as selector:
        for _ in range(BLAST):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE, talk)
        while selector.get_map():
            for key, events in selector.select():
                _push(selector, key, events)
    return Run(each * BLAST, time.monotonic() - begin, time.process_time() - used)


def _push(selector: selectors.BaseSelector, key: selectors.SelectorKey, events: int) -> None:
    connection, rest = key.fileobj, key.data
    assert isinstance(connection, socket.socket)
    if events & selectors.EVENT_WRITE:
        rest = rest[connection.send(rest[:262_144]) :]
        selector.modify(connection, selectors.EVENT_READ | (selectors.EVENT_WRITE if rest else 0), rest)
    if events & selectors.EVENT_READ and not connection.recv(65_536):
        selector.unregister(connection)
        connection.close()


def letter_kept(path: Path) -> tuple[int, int]:
    """Return the size of a letter a sink has kept, and how many DKIM signatures it bears."""
    letter = path.read_bytes()
    return len(letter), len(re.findall(rb"(?im)^DKIM-Signature:", letter.partition(b"\r\n\r\n")[0]))
