"""A relay is tried without a letter: it connects, encrypts and signs in as a letter's conversation would."""

import socket
import ssl
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from campaigns.delivery.server import Server
from campaigns.delivery.smtp.opening import Offers, Opening
from campaigns.delivery.smtp.replies import Replies, Reply
from campaigns.errors import ServerUnavailable

PATIENCE = 15.0  # seconds, for the connection and for each reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    is_encrypted: bool
    is_signed_in: bool
    offers: Offers
    certificate_until: datetime | None  # of the server, where it is encrypted


class Unreachable(ServerUnavailable):
    """Nobody answered, which may be the fault of whoever asked."""


def probe(server: Server, name: str) -> Findings:
    """Hold a conversation with a server and take leave; raises ServerUnavailable, saying why."""
    with ExitStack() as line:
        try:
            plain = line.enter_context(socket.create_connection((server.host, server.port), PATIENCE))
            sock = line.enter_context(_secure(plain, server)) if server.is_tls else plain
            opening, replies = Opening(server, name), Replies()
            while opening.offers is None:
                if (reply := _hear(sock, replies)) is not None:
                    sock.sendall(opening.hear(reply))
                if opening.wants_tls:
                    sock, replies = line.enter_context(_secure(sock, server)), Replies()
                    sock.sendall(opening.secured())
            sock.sendall(b"QUIT\r\n")
        except ssl.SSLCertVerificationError as error:
            raise ServerUnavailable(f"Its certificate is not to be trusted: {error.verify_message}.") from None
        except (TimeoutError, socket.gaierror) as error:
            raise Unreachable(f"No conversation was possible: {type(error).__name__}.") from None
        except (OSError, ValueError) as error:
            raise ServerUnavailable(f"No conversation was possible: {type(error).__name__}.") from None
        until = _certified_until(sock) if isinstance(sock, ssl.SSLSocket) else None
    return Findings(
        is_encrypted=until is not None,
        is_signed_in=bool(server.user),
        offers=opening.offers,
        certificate_until=until,
    )


def _certified_until(sock: ssl.SSLSocket) -> datetime:
    certificate = sock.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _hear(sock: socket.socket, replies: Replies) -> Reply | None:
    """Return a reply, once it is whole; we speak in turns, so that there is never more than one."""
    data = sock.recv(4096)
    if not data:
        raise ConnectionResetError
    return next(iter(replies.feed(data)), None)


def _secure(sock: socket.socket, server: Server) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(sock, server_hostname=server.host)
