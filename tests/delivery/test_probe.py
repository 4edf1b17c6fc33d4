"""A probe encrypts and signs in as a letter's conversation would, and trusts nobody it should not."""

import ssl
from dataclasses import replace

import pytest

from campaigns.delivery.probe import probe
from campaigns.delivery.server import Server, StartTls
from campaigns.errors import ServerUnavailable
from tests.delivery.servers import Script, Sink, serving

NAME = "ask.example"


@pytest.mark.usefixtures("believed")
def test_a_server_that_offers_encryption_is_spoken_to_encrypted(tls: ssl.SSLContext) -> None:
    with serving(Sink(), tls_context=tls) as server:
        found = probe(replace(server, host="localhost"), NAME)

    assert found.is_encrypted
    assert found.offers.size


@pytest.mark.usefixtures("believed")
def test_a_server_may_be_encrypted_from_the_first_byte_on(tls: ssl.SSLContext) -> None:
    with serving(Sink(), ssl_context=tls) as server:
        assert probe(replace(server, host="localhost", is_tls=True), NAME).is_encrypted


@pytest.mark.parametrize("is_tls", [True, False])
def test_a_certificate_nobody_vouches_for_is_named_as_the_trouble(tls: ssl.SSLContext, is_tls: bool) -> None:
    options = {"ssl_context" if is_tls else "tls_context": tls}

    with serving(Sink(), **options) as server, pytest.raises(ServerUnavailable, match="certificate is not to be"):
        probe(replace(server, host="localhost", is_tls=is_tls), NAME)


def test_where_encryption_is_required_a_server_without_it_hears_no_more() -> None:
    script = Script()

    with script.serving() as server, pytest.raises(ServerUnavailable, match="offers no encryption"):
        probe(replace(server, starttls=StartTls.REQUIRED, user="key", password="hunter2"), NAME)

    assert script.heard == ["EHLO"]


def test_a_password_is_tried() -> None:
    with Script(EHLO="250-mx.example\r\n250 AUTH PLAIN", AUTH="235 2.7.0 welcome").serving() as server:
        assert probe(replace(server, user="key", password="hunter2"), NAME).is_signed_in


def test_a_wrong_password_is_said_but_not_repeated() -> None:
    script = Script(EHLO="250-mx.example\r\n250 AUTH PLAIN", AUTH="535 5.7.8 not hunter2")

    with script.serving() as server, pytest.raises(ServerUnavailable) as caught:
        probe(replace(server, user="key", password="hunter2"), NAME)

    assert (caught.value.code, caught.value.status) == (535, "5.7.8")
    assert "hunter2" not in str(caught.value)


def test_a_host_that_does_not_exist_is_no_fault_of_ours() -> None:
    with pytest.raises(ServerUnavailable, match=r"No conversation was possible: \w+\."):
        probe(Server(host="nowhere.invalid", port=25), NAME)
