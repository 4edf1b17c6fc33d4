"""The doctor at work: a real DNS, a real web server, a real relay, and one line for each thing looked at."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from dns import rcode
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from werkzeug.serving import make_server

from campaigns.app import create_app
from campaigns.audience.suppression import Suppression
from campaigns.cli import add_commands
from campaigns.clock import now
from campaigns.delivery.doctor.dns_lookup import Dns
from campaigns.delivery.doctor.knocking import knock
from campaigns.house import House, open_house
from campaigns.merchants.dkim_key import KeyName, create_key
from campaigns.merchants.key_pair import Algorithm
from tests.delivery.doctor.nameserver import Zone, answering
from tests.delivery.servers import Sink, free_port, serving
from tests.factories import make_merchant

SECRET = "Zk3Vq9xR_pL2mTn8sWc5yBf7hJd4gA6e1uX0oKiQzYv-NwHr"
ZONE: Zone = {
    ("harbour.example", "TXT"): ['"v=spf1 include:relay.example" " -all"', '"other"'],
    ("harbour.example", "MX"): ["10 mx.harbour.example."],
    ("relay.example", "TXT"): ['"v=spf1 a:out.relay.example ip4:198.51.100.0/24 -all"'],
    ("out.relay.example", "A"): ["203.0.113.9"],
    ("_dmarc.harbour.example", "TXT"): ['"v=DMARC1; p=quarantine; rua=mailto:dmarc@harbour.example"'],
    ("9.113.0.203.in-addr.arpa", "PTR"): ["out.relay.example."],
}


@contextmanager
def open_to_all(house: House) -> Iterator[FlaskCliRunner]:
    """Serve a house at its own BASE_URL, and yield a shell of it."""
    port = free_port()
    settings = replace(house.settings, base_url=f"http://localhost:{port}", secret_keys=(SECRET,))
    app: Flask = create_app(replace(open_house(settings), database=house.database))
    add_commands(app)
    server = make_server("localhost", port, app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield app.test_cli_runner()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def states(output: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in json.loads(output)["lines"]:
        found.setdefault(line["check"], []).append(line["state"])
    return found


def zone_with(house: House) -> tuple[int, Zone]:
    """Make a merchant with a key, and return the zone that publishes it."""
    vault = open_house(replace(house.settings, secret_keys=(SECRET,))).vault
    with house.database.transaction() as session:
        merchant_id = make_merchant(session).id
        name = KeyName(merchant_id=merchant_id, domain="harbour.example", selector="askwell1")
        record = create_key(session, vault, name, Algorithm.ED25519, now()).record(vault)
    return merchant_id, {**ZONE, (record.name, "TXT"): [f'"{record.value}"']}


def test_a_merchant_whose_letters_will_arrive(house: House) -> None:
    with serving(Sink()) as relay:
        house = replace(house, settings=replace(house.settings, smtp_url=f"smtp://{relay.host}:{relay.port}"))
        merchant_id, zone = zone_with(house)
        with open_to_all(house) as shell, answering(zone) as resolver:
            words = ["doctor", "--merchant", str(merchant_id), "--resolver", resolver, "--address", "203.0.113.9"]
            done = shell.invoke(args=[*words, "--json"])
            told = shell.invoke(args=words)

    assert done.exit_code == 0, done.output
    assert states(done.output) == {
        "address": ["warn"],  # localhost
        "secret": ["ok"],
        "one-click": ["ok"],
        "clock": ["ok"],
        "relay": ["ok"],
        "spf": ["ok", "ok"],
        "dkim": ["ok"],
        "dmarc": ["ok"],
        "alignment": ["ok"],
        "ptr": ["ok"],
        "mx": ["ok"],
    }
    assert "OK      spf: The SPF record of harbour.example names 203.0.113.9." in told.output
    assert "In all: 11 ok, 1 warn, 0 fail, 0 unknown." in told.output
    with house.database.reading() as session:
        assert session.scalars(select(Suppression)).all() == []


def test_a_merchant_about_whom_the_dns_knows_nothing(house: House) -> None:
    with house.database.transaction() as session:
        merchant_id = make_merchant(session).id
    app = create_app(house)
    add_commands(app)
    with answering({}) as resolver:
        words = ["doctor", "--merchant", str(merchant_id), "--resolver", resolver, "--json"]
        done = app.test_cli_runner().invoke(args=words)

    assert done.exit_code == 1
    found = states(done.output)
    assert [found[check] for check in ("secret", "spf", "dkim", "dmarc", "mx")] == [["fail"]] * 5
    assert [found[check] for check in ("one-click", "clock", "ptr")] == [["unknown"]] * 3


def test_a_machine_without_a_network_knows_nothing_and_fails_nothing(house: House) -> None:
    merchant_id, _ = zone_with(house)
    with open_to_all(house) as shell, answering({}, rcode.SERVFAIL) as resolver:
        words = ["doctor", "--merchant", str(merchant_id), "--resolver", resolver, "--json"]
        found = states(shell.invoke(args=words).output)

    assert [found[check] for check in ("spf", "dkim", "dmarc", "ptr", "mx")] == [["unknown"]] * 5
    assert "alignment" not in found


def test_bounces_may_come_back_elsewhere(house: House) -> None:
    bounce = {("bounce.harbour.example", "TXT"): ['"v=spf1 ip4:203.0.113.9 -all"']}
    merchant_id, zone = zone_with(house)
    with open_to_all(house) as shell, answering({**zone, **bounce}) as resolver:
        words = ["doctor", "--merchant", str(merchant_id), "--resolver", resolver, "--json"]
        done = shell.invoke(args=[*words, "--bounce-domain", "bounce.harbour.example", "--address", "203.0.113.9"])

    found = states(done.output)
    assert (found["spf"], found["alignment"], found["mx"]) == (["ok", "ok"], ["ok"], ["fail"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--resolver nowhere", "--resolver is 'nowhere'; it is an IP address and a port"),
        ("--resolver dns.example:53", "'dns.example' is no IP address"),
        ("--address here", "'here' is no IP address"),
        ("--merchant 77", "There is no merchant 77"),
        ("--bounce-domain nothing --merchant 1", "'nothing' is not a domain"),
    ],
)
def test_a_mistake_is_said_in_one_sentence(house: House, words: str, sentence: str) -> None:
    with house.database.transaction() as session:
        merchant_id = make_merchant(session).id
    app = create_app(house)
    add_commands(app)

    done = app.test_cli_runner().invoke(
        args=["doctor", *words.replace("merchant 1", f"merchant {merchant_id}").split()]
    )

    assert done.exit_code == 1
    assert sentence in done.output
    assert done.output.strip().count("\n") == 0


def test_an_encrypted_relay_is_believed_by_its_certificate(house: House, tls: ssl.SSLContext, believed: None) -> None:
    with serving(Sink(), tls_context=tls) as relay:
        url = f"smtp://localhost:{relay.port}?starttls=required"
        app = create_app(replace(house, settings=replace(house.settings, smtp_url=url)))
        add_commands(app)
        done = app.test_cli_runner().invoke(args=["doctor", "--json"])

    [line] = [line for line in json.loads(done.output)["lines"] if line["check"] == "relay"]
    assert (line["state"], "runs out on" in line["what"]) == ("warn", True)  # that of the tests lasts a day


def test_who_does_not_speak_http_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        def hang_up() -> None:
            silent.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        found = knock(f"http://127.0.0.1:{port}/u/x")
        thread.join()

    assert (found.is_unreachable, found.status) == (True, 0)


def test_the_dns_is_asked_no_further_where_nobody_answers() -> None:
    with answering({("d.example", "TXT"): ['"hello"'], ("e.example", "TXT"): ['"late"']}, rcode.SERVFAIL) as resolver:
        host, _, port = resolver.rpartition(":")
        dns = Dns((host, int(port)))
        answered = dns.txt("d.example")
        unanswered = [dns.txt(f"{name}.example") for name in "ab"]
        tired = dns.txt("e.example")

    assert (answered, unanswered, tired) == (("hello",), [None, None], None)
    assert dns.txt("d.example") == ("hello",)
