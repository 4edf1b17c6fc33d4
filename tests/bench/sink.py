"""A mail server that takes everything and does as little as Python can: `python -m tests.bench.sink`.

It prints its port, answers a pipelined group at once, and when it is told to stop prints as JSON
what it saw: when each letter came, and who of the watched was written to when.
"""

import argparse
import json
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

from tests.bench.machine import pin

END = b"\r\n.\r\n"
CHUNK = 262_144
EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n"
REPLIES = {b"EHLO": EHLO, b"DATA": b"354 go ahead\r\n", b"QUIT": b"221 2.0.0 bye\r\n"}
FINE = b"250 2.0.0 fine\r\n"


class Peer:
    """One connection: commands, then a body up to its dot, and so on."""

    def __init__(self, sink: "Sink", connection: socket.socket) -> None:
        self.sink = sink
        self.connection = connection
        self.is_body = False
        self.has_quit = False
        self.rest = b""  # of a command, or the end of a body in which its dot may have begun
        self.recipient = b""
        self.kept: list[bytes] = []

    def hear(self, data: bytes) -> bytes:
        """Return the answers to what came."""
        said = []
        data = self.rest + data
        while data:
            if self.is_body:
                end = data.find(END)
                if self.sink.keeps is not None:
                    self.kept.append(data[: end if end >= 0 else -4])
                if end < 0:
                    data = data[-4:]
                    break
                data = data[end + 5 :]
                self.is_body = False
                self.sink.take(self)
                said.append(FINE)
                continue
            end = data.find(b"\r\n")
            if end < 0:
                break
            verb = data[:4].upper()
            if verb == b"RCPT":
                self.recipient = data[8:end]
            said.append(REPLIES.get(verb, FINE))
            self.is_body = verb == b"DATA"
            self.has_quit = verb == b"QUIT"
            # The line's end stays: a letter of nothing is its dot at once.
            data = data[end:] if self.is_body else data[end + 2 :]
        self.rest = data
        return b"".join(said)


class Sink:
    def __init__(self, watched: str, keeps: Path | None) -> None:
        self.watched = watched.encode()
        self.keeps = keeps
        self.times: list[float] = []
        self.watched_times: list[float] = []
        self.connections = 0

    def take(self, peer: Peer) -> None:
        now = time.time()
        self.times.append(now)
        if self.watched and self.watched in peer.recipient:
            self.watched_times.append(now)
        if self.keeps is not None:
            self.keeps.write_bytes(b"".join(peer.kept)[2:])
            peer.kept.clear()

    def serve(self, listener: socket.socket) -> None:
        selector = selectors.DefaultSelector()
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is None:
                    self.welcome(selector, listener.accept()[0])
                elif not self.listen(key.data):
                    selector.unregister(key.fileobj)
                    key.data.connection.close()

    def welcome(self, selector: selectors.BaseSelector, connection: socket.socket) -> None:
        self.connections += 1
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ, Peer(self, connection))
        connection.sendall(b"220 sink\r\n")

    def listen(self, peer: Peer) -> bool:
        try:
            data = peer.connection.recv(CHUNK)
            if said := peer.hear(data):
                peer.connection.sendall(said)
        except OSError:
            return False
        return bool(data) and not peer.has_quit

    def report(self) -> str:
        seen = {"connections": self.connections, "letters": len(self.times)}
        return json.dumps({**seen, "times": self.times, "watched": self.watched_times})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cores", type=json.loads, default=[], help="where to run")
    parser.add_argument("--watch", default="", help="note the times of letters to addresses that hold this")
    parser.add_argument("--keep", type=Path, help="write the last letter there")
    arguments = parser.parse_args()
    pin(arguments.cores)
    sink = Sink(arguments.watch, arguments.keep)

    def stop(signum: int, frame: FrameType | None) -> None:
        print(sink.report(), flush=True)
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        print(listener.getsockname()[1], flush=True)
        sink.serve(listener)


if __name__ == "__main__":
    main()
