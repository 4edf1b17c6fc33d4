"""We sign in the way SMTP_URL names, or the first the server offers; what we sign in with is in no error."""

import base64
from collections.abc import Iterator

from campaigns.delivery.server import Auth, Server
from campaigns.delivery.smtp.replies import Reply, numbers
from campaigns.errors import ServerUnavailable

PREFERRED = (Auth.PLAIN, Auth.LOGIN)  # XOAUTH2 only by name: a password is no token
GO_ON, SIGNED_IN = 334, 235


class SigningIn:
    """One AUTH exchange. Raises ServerUnavailable where the server knows no such way, or not us."""

    def __init__(self, server: Server, offered: frozenset[str]) -> None:
        wanted = (server.auth,) if server.auth else PREFERRED
        way = next((each for each in wanted if each.value.upper() in offered), None)
        if way is None:
            raise ServerUnavailable("The server offers no way of signing in that Askwell may use.")
        self._lines = LINES[way](server)

    def begin(self) -> bytes:
        return next(self._lines) + b"\r\n"

    def hear(self, reply: Reply) -> bytes:
        """Return the next line to say; nothing once we are signed in."""
        if reply[0] == SIGNED_IN:
            return b""
        line = next(self._lines, None) if reply[0] == GO_ON else None
        if line is None:
            said = numbers(reply)
            raise ServerUnavailable("The server refused the sign-in.", code=said.code, status=said.status)
        return line + b"\r\n"


def _plain(server: Server) -> Iterator[bytes]:
    yield b"AUTH PLAIN " + _coded(f"\0{server.user}\0{server.password}")


def _login(server: Server) -> Iterator[bytes]:
    yield b"AUTH LOGIN"
    yield _coded(server.user)
    yield _coded(server.password)


def _xoauth2(server: Server) -> Iterator[bytes]:
    yield b"AUTH XOAUTH2 " + _coded(f"user={server.user}\x01auth=Bearer {server.password}\x01\x01")
    yield b""  # a refusal comes with its reason first, and waits for an empty line


def _coded(text: str) -> bytes:
    return base64.b64encode(text.encode())


LINES = {Auth.PLAIN: _plain, Auth.LOGIN: _login, Auth.XOAUTH2: _xoauth2}
