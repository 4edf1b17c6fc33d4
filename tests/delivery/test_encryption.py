"""A letter goes encrypted to a server that proves who it is, or it does not go."""

import datetime
import socket
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from campaigns.delivery.server import Server, StartTls
from campaigns.delivery.transport import SmtpTransport
from campaigns.errors import (
    ServerUnavailable,
)
from tests.delivery.servers import Script, Sink, a_letter, serving, yes


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    encoding, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(encoding, private, serialization.NoEncryption())
    path.write_bytes(secret + built.public_bytes(encoding))
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_certificate_nobody_vouches_for_is_refused_even_where_tls_is_optional(tls: ssl.SSLContext) -> None:
    sink = Sink()

    with serving(sink, tls_context=tls) as server, SmtpTransport(server) as transport, pytest.raises(ServerUnavailable):
        transport.send(a_letter(), yes)

    assert sink.letters == []


def test_a_verified_server_gets_the_letter_encrypted_and_without_delay(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sink = Sink()

    with serving(sink, tls_context=tls, require_starttls=True) as server:
        local = replace(server, host="localhost", starttls=StartTls.REQUIRED)
        with SmtpTransport(local) as transport:
            for number in range(20):
                transport.send(a_letter(number, body=(b"x" * 70 + b"\r\n") * 640), yes)

    assert len(sink.letters) == 20


@pytest.mark.parametrize(
    "server",
    [
        Server(host="localhost", port=1, starttls=StartTls.REQUIRED),
        Server(host="mail.example", port=1, user="relay", password="secret"),
    ],
    ids=["required", "a password on the open net"],
)
def test_where_encryption_is_needed_a_server_without_it_hears_nothing_more(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script()
    with script.serving() as real:
        dial = socket.create_connection
        monkeypatch.setattr(socket, "create_connection", lambda address, *rest: dial((real.host, real.port), *rest))
        with SmtpTransport(server) as transport, pytest.raises(ServerUnavailable):
            transport.send(a_letter(), yes)

    assert script.heard == ["EHLO"]
