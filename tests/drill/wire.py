"""What came in on a connection, and when it came: the kernel's own stamp, where there is one.

A server that is slow to read must not make a letter look as if it had begun late.
"""

import socket
import struct
import sys
import time
from collections.abc import Callable

TIMESTAMPNS = 35  # SO_TIMESTAMPNS of Linux, which Python does not name
STAMP = struct.Struct("@ll")
DOT = b"\r\n.\r\n"
LOOK_UP_EVERY = 0.1  # seconds, from reading to whether the server still is up


class Gone(Exception):
    """The client hung up, or the server is to hang up."""


class Wire:
    """Reads lines and letters; `is_over` is asked while nothing comes."""

    def __init__(self, sock: socket.socket, is_over: Callable[[], bool]) -> None:
        self._sock = sock
        self._is_over = is_over
        self._buffer = b""
        self.arrived_at = time.time()  # of what was read last
        sock.settimeout(LOOK_UP_EVERY)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if sys.platform == "linux":
            sock.setsockopt(socket.SOL_SOCKET, TIMESTAMPNS, 1)

    def line(self) -> bytes:
        while b"\n" not in self._buffer:
            self._read()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.strip()

    def something(self) -> None:
        """Wait for the first bytes of a letter."""
        while not self._buffer:
            self._read()

    def head_of_letter(self) -> tuple[bytes, bytes]:
        """Read up to the final dot; returns the head and the whole of a letter."""
        parts, tail = [self._buffer], b"\r\n" + self._buffer
        while DOT not in tail:
            self._buffer = b""
            self._read()
            parts.append(self._buffer)
            tail = tail[-len(DOT) :] + self._buffer
        whole, _, self._buffer = (b"\r\n" + b"".join(parts)).partition(DOT)
        return whole.partition(b"\r\n\r\n")[0], whole[2:]

    def say(self, text: str) -> None:
        self._sock.sendall(text.encode() + b"\r\n")

    def leave(self, in_letter: bool = False) -> bool:
        """Hang up, and see what was still on its way; returns whether a letter's dot was among it."""
        seen = b"\r\n" + self._buffer
        try:
            self._sock.shutdown(socket.SHUT_WR)
            self._sock.settimeout(1)
            while data := self._sock.recv(1 << 16):
                seen += data
        except OSError:
            pass
        self._sock.close()
        return in_letter and DOT in seen

    def _read(self) -> None:
        while True:
            try:
                data, stamps, _, _ = self._sock.recvmsg(1 << 16, socket.CMSG_SPACE(STAMP.size))
                break
            except TimeoutError:
                if self._is_over():
                    raise Gone from None
            except OSError:
                raise EOFError from None
        if not data:
            raise EOFError
        self.arrived_at = _stamp(stamps) or time.time()
        self._buffer += data


def _stamp(stamps: list[tuple[int, int, bytes]]) -> float | None:
    for level, kind, data in stamps:
        if level == socket.SOL_SOCKET and kind == TIMESTAMPNS and len(data) == STAMP.size:
            seconds, nanoseconds = STAMP.unpack(data)
            return float(seconds + nanoseconds / 1e9)
    return None
