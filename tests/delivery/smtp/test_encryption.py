"""A letter goes encrypted to a server that proves who it is, or it does not go."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from campaigns.delivery.server import Auth, Server, StartTls
from campaigns.delivery.smtp.exchange import Exchange
from campaigns.delivery.smtp.habits import Habits
from campaigns.delivery.smtp.parcel import Fate
from campaigns.errors import ServerUnavailable
from tests.delivery.servers import HANG, Play, Sink, serving
from tests.delivery.smtp.stage import QUICK, Tray, a_parcel, deliver, fates, impatient, letters

BIG = b"Subject: Hi\r\n\r\n" + (b"x" * 70 + b"\r\n") * 20_000
PATIENT = impatient(patience=5.0, with_a_letter=5.0)


def trouble_with(server: Server, habits: Habits = QUICK) -> ServerUnavailable | None:
    exchange, tray = Exchange("askwell.example", habits), letters(1)
    lane = exchange.lane("relay", server, 1)
    until = monotonic() + 10
    while lane.trouble is None and monotonic() < until:
        exchange.turn(tray, 0.05)
    exchange.close()
    assert tray.taken == []
    return lane.trouble if isinstance(lane.trouble, ServerUnavailable) else None


@contextmanager
def encrypted_from_the_start(sink: Sink, tls: ssl.SSLContext) -> Iterator[Server]:
    """A plain server behind a socket that is encrypted from its first byte on."""
    with serving(sink, ssl_context=tls) as server:
        yield replace(server, host="localhost", is_tls=True)


def test_a_certificate_nobody_vouches_for_is_refused_even_where_tls_is_optional(tls: ssl.SSLContext) -> None:
    sink = Sink()

    with serving(sink, tls_context=tls) as server:
        assert trouble_with(server)
    with encrypted_from_the_start(sink, tls) as server:
        assert trouble_with(server)

    assert sink.letters == []


@pytest.mark.usefixtures("believed")
def test_a_certificate_for_another_name_is_refused(tls: ssl.SSLContext) -> None:
    with serving(Sink(), tls_context=tls) as server:
        assert trouble_with(replace(server, host="127.0.0.1", starttls=StartTls.REQUIRED))


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize("connections", [1, 3])
def test_a_verified_server_gets_letters_of_any_size_encrypted(tls: ssl.SSLContext, connections: int) -> None:
    for server_of in (serving, encrypted_from_the_start):
        sink, tray = Sink(), Tray(*(a_parcel(key, data=BIG) for key in range(1, 7)))
        options = {"tls_context": tls, "require_starttls": True} if server_of is serving else {"tls": tls}
        with server_of(sink, **options) as server:
            starttls = StartTls.REQUIRED if server_of is serving else StartTls.OFFERED
            outcomes = deliver(
                replace(server, host="localhost", starttls=starttls), tray, connections, PATIENT, within=30
            )

        assert set(fates(outcomes).values()) == {Fate.TAKEN}
        assert sink.letters == [BIG] * 6


def test_where_encryption_is_needed_a_server_without_it_hears_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    play = Play("AUTH PLAIN")
    with play.serving() as real:
        near = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (real.host, real.port))]

        def look_up(*_: object, flags: int = 0, **__: object) -> object:
            if flags:
                raise socket.gaierror
            return near

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        assert trouble_with(Server(host="localhost", port=1, starttls=StartTls.REQUIRED))
        assert trouble_with(Server(host="mail.example", port=1, user="relay", password="secret"))

    assert play.heard == ["EHLO", "EHLO"]


def test_what_is_slipped_in_before_encryption_is_not_believed() -> None:
    for said in ("220 go\r\n250-mx\r\n250 PIPELINING", "220 go\r\n250-m"):
        play = Play("STARTTLS", STAR=said)
        with play.serving() as server:
            trouble = trouble_with(server)

        assert trouble is not None
        assert "out of turn" in str(trouble)


def test_a_handshake_that_never_ends_is_given_up() -> None:
    with Play("STARTTLS", STAR="220 go").serving() as server:
        assert trouble_with(server)
    with Play(GREETING=HANG).serving() as server:
        assert "TimeoutError" in str(trouble_with(replace(server, is_tls=True)))


def known(_: SMTP, __: object, ___: object, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"relay", b"sesame"), handled=False)  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("auth", [None, Auth.PLAIN, Auth.LOGIN])
def test_who_signs_in_with_the_right_password_may_send(auth: Auth | None) -> None:
    sink = Sink()

    with serving(sink, auth_require_tls=False, auth_required=True, authenticator=known) as server:
        outcomes = deliver(replace(server, user="relay", password="sesame", auth=auth), letters(3), habits=PATIENT)
        trouble = trouble_with(replace(server, user="relay", password="open-sesame", auth=auth), PATIENT)

    assert set(fates(outcomes).values()) == {Fate.TAKEN}
    assert trouble is not None
    assert trouble.code == 535
    assert "sesame" not in f"{trouble}"
