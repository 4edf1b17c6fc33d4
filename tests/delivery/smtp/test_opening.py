"""A conversation is opened as the server can and SMTP_URL wants, or not at all."""

from dataclasses import replace

import pytest

from campaigns.delivery.server import Server, StartTls
from campaigns.delivery.smtp.opening import Offers, Opening
from campaigns.errors import ServerUnavailable

FAR = Server(host="mx.example", port=25)
EHLO, HELO = b"EHLO askwell.example\r\n", b"HELO askwell.example\r\n"
GREETING, FINE = (220, b"mx.example ready"), (250, b"mx.example")


def opened(server: Server) -> Opening:
    opening = Opening(server, "askwell.example")
    assert opening.hear(GREETING) == EHLO
    return opening


def test_capabilities_are_read_in_any_case_and_the_old_auth_too() -> None:
    text = b"mx.example hello\npipelining\nSIZE 10485760\n8BITMIME\nSMTPUTF8\nAUTH PLAIN\nAUTH=LOGIN CRAM-MD5\nX-FUN\n"

    assert Offers.read(text) == Offers(
        pipelining=True,
        utf8=True,
        eight_bit=True,
        size=True,
        largest=10485760,
        ways_in=frozenset({"PLAIN", "LOGIN", "CRAM-MD5"}),
    )
    assert Offers.read(b"PIPELINING\nSIZE").pipelining is False
    assert Offers.read(b"mx\nSIZE lots").largest == 0


def test_a_server_that_knows_no_ehlo_is_greeted_the_old_way() -> None:
    opening = opened(FAR)

    assert opening.hear((502, b"what?")) == HELO
    assert opening.hear(FINE) == b""
    assert opening.offers == Offers()


@pytest.mark.parametrize("greeting", [(554, b"no"), (421, b"4.3.2 full"), (250, b"hello"), (0, b"")])
def test_a_server_that_does_not_greet_is_left(greeting: tuple[int, bytes]) -> None:
    with pytest.raises(ServerUnavailable) as caught:
        Opening(FAR, "askwell.example").hear(greeting)

    assert caught.value.code == greeting[0]


def test_what_was_said_before_encryption_is_forgotten() -> None:
    opening = opened(FAR)

    assert opening.hear((250, b"mx\nSTARTTLS\nPIPELINING\nSIZE 10")) == b"STARTTLS\r\n"
    assert opening.hear((220, b"go")) == b""
    assert opening.wants_tls
    assert opening.secured() == EHLO
    assert opening.hear((250, b"mx\nSTARTTLS")) == b""
    assert opening.offers == Offers(starttls=True)


def test_encryption_that_is_offered_and_then_refused_is_no_reason_to_go_without() -> None:
    opening = opened(FAR)
    opening.hear((250, b"mx\nSTARTTLS"))

    with pytest.raises(ServerUnavailable):
        opening.hear((454, b"not now"))


@pytest.mark.parametrize(
    "server",
    [
        replace(FAR, starttls=StartTls.REQUIRED),
        replace(FAR, user="relay", password="sesame"),
    ],
    ids=["required", "a password"],
)
def test_where_encryption_is_needed_and_not_offered_nothing_more_is_said(server: Server) -> None:
    for said in ((250, b"mx\nAUTH PLAIN"), (502, b"no")):
        opening = opened(server)
        with pytest.raises(ServerUnavailable):
            opening.hear(said)
            opening.hear(FINE)
        assert opening.offers is None


def test_a_password_may_go_in_the_clear_to_our_own_machine_or_where_the_url_insists() -> None:
    for server in (
        Server(host="127.0.0.1", port=25, user="u", password="p"),
        replace(FAR, user="u", starttls=StartTls.NEVER),
    ):
        opening = opened(server)
        assert opening.hear(
            (250, b"mx\nSTARTTLS\nAUTH PLAIN" if server is not FAR and not server.is_near else b"mx\nAUTH PLAIN")
        ).startswith(b"AUTH PLAIN")
        assert opening.offers is None
        assert opening.hear((235, b"")) == b""
        assert opening.offers is not None


def test_a_wrong_password_is_the_servers_trouble() -> None:
    opening = opened(Server(host="127.0.0.1", port=25, user="u", password="p"))
    opening.hear((250, b"mx\nAUTH PLAIN"))

    with pytest.raises(ServerUnavailable) as caught:
        opening.hear((535, b"5.7.8 no"))

    assert caught.value.code == 535
