"""Bytes to and from one server, in the clear or encrypted, without ever waiting for it."""

import errno
import os
import selectors
import socket
import ssl
from collections import deque

Address = tuple[int, tuple[object, ...]]  # the family, and what the family understands

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
UNDER_WAY = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK})
ROOM = 256 * 1024  # for what is on its way: a letter and the next envelope fit in
CHUNK = 4096  # replies are short


class Line:
    """Registers itself with the selector, its owner as data. All but `close` may raise OSError."""

    def __init__(self, selector: selectors.BaseSelector, owner: object) -> None:
        self._selector = selector
        self._owner = owner
        self._sock: socket.socket | None = None
        self._interest = 0
        self.rest: deque[bytes | memoryview] = deque()  # what the kernel has not taken yet, of all that was written
        self._is_plain = True

    @property
    def socket(self) -> socket.socket:
        if self._sock is None:
            raise ConnectionError
        return self._sock

    def dial(self, address: Address) -> None:
        self.close()
        family, where = address
        sock = self._sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        # Nagle's algorithm would make a letter's second TLS record wait 40 ms.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
        error = sock.connect_ex(where)
        if error not in UNDER_WAY:
            raise OSError(error, os.strerror(error))
        self._watch(WRITE)

    def answered(self) -> None:
        """See whether the connection came about."""
        if error := self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error))
        self._watch(READ)

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Go on encrypted, with a server that has to prove that it is this host."""
        sock = self.socket
        self._unwatch()
        self._sock = context.wrap_socket(sock, do_handshake_on_connect=False, server_hostname=host)
        self._is_plain = False

    def shake_hands(self) -> bool:
        """Take the TLS handshake further; returns whether it is done."""
        sock = self.socket
        if not isinstance(sock, ssl.SSLSocket):
            raise ConnectionError
        try:
            sock.do_handshake()
        except ssl.SSLWantReadError:
            self._watch(READ)
            return False
        except ssl.SSLWantWriteError:
            self._watch(WRITE)
            return False
        self._watch(READ)
        return True

    def write(self, data: bytes) -> None:
        if self.rest:
            self.rest.append(data)
            return
        sent = self._send(data)
        if sent != len(data):
            self.rest.append(memoryview(data)[sent:] if sent else data)
            self._watch(READ | WRITE)

    def flush(self) -> None:
        while self.rest:
            data = self.rest[0]
            sent = self._send(data)
            if sent < len(data):
                self.rest[0] = data if not sent else memoryview(data)[sent:]
                return
            self.rest.popleft()
        if self._interest & WRITE:
            self._watch(READ)

    def read(self) -> bytes | None:
        """Return what has come; nothing where the server hung up, None where it said nothing."""
        if (sock := self._sock) is None:
            raise ConnectionError
        try:
            data = sock.recv(CHUNK)
            while not self._is_plain and isinstance(sock, ssl.SSLSocket) and sock.pending():
                data += sock.recv(CHUNK)
        except NOT_NOW:
            return None
        return data

    def close(self) -> None:
        self._unwatch()
        if self._sock is not None:
            self._sock.close()
        self._sock = None
        self.rest.clear()

    def _send(self, data: bytes | memoryview) -> int:
        if (sock := self._sock) is None:
            raise ConnectionError
        try:
            return sock.send(data)
        except NOT_NOW:
            return 0

    def _watch(self, events: int) -> None:
        if events == self._interest:
            return
        if self._interest:
            self._selector.modify(self.socket, events, self._owner)
        else:
            self._selector.register(self.socket, events, self._owner)
        self._interest = events

    def _unwatch(self) -> None:
        if self._interest and self._sock is not None:
            self._selector.unregister(self._sock)
        self._interest = 0
