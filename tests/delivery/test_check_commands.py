"""A relay is tried without a letter, and what is wrong with it is said in one sentence."""

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskCliRunner

from campaigns.app import create_app
from campaigns.cli import add_commands
from campaigns.delivery.relay import Relay, add_relay
from campaigns.delivery.server import Server
from campaigns.house import House
from tests.delivery.servers import DROP, Script, Sink, serving
from tests.factories import NOW, make_merchant


def at(house: House, server: Server) -> FlaskCliRunner:
    """Return a shell of a house whose own relay is that server."""
    url = f"smtp://{server.host}:{server.port}"
    app = create_app(replace(house, settings=replace(house.settings, smtp_url=url)))
    add_commands(app)
    return app.test_cli_runner()


def test_a_relay_says_what_it_offers(house: House) -> None:
    sink = Sink()
    with serving(sink) as server:
        done = at(house, server).invoke(args=["relay", "check", "--json"])

    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert (found["relay"], found["encrypted"], found["signed_in"]) == (0, False, False)
    assert found["largest_letter"] > 0
    assert sink.letters == []


def test_a_merchants_relay_is_checked_by_its_number(house: House) -> None:
    script = Script(EHLO="250-mx.example\r\n250-PIPELINING\r\n250 SMTPUTF8")
    with script.serving() as server:
        with house.database.transaction() as session:
            row = Relay(merchant_id=make_merchant(session).id, name="own", created_at=NOW)
            add_relay(session, house.vault, row, f"smtp://{server.host}:{server.port}")
        words = f"relay check {row.id} --merchant {row.merchant_id}"
        done = at(house, server).invoke(args=words.split())

    assert done.exit_code == 0, done.output
    assert f"Relay {row.id} works." in done.output
    assert "pipelining: yes" in done.output
    assert "smtputf8: yes" in done.output
    assert "largest letter: no" in done.output
    assert "MAIL" not in script.heard


@pytest.mark.parametrize(
    ("replies", "sentence"),
    [
        ({"GREETING": "554 5.7.1 go away"}, "It said 554 5.7.1."),
        ({"GREETING": "421 too many"}, "It said 421."),
        ({"GREETING": DROP}, "No conversation was possible: ConnectionResetError."),
        ({"EHLO": DROP}, "No conversation was possible: ConnectionResetError."),
        ({"GREETING": "nonsense"}, "The house's own relay cannot be used."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    house: House, replies: dict[str, str | list[str]], sentence: str
) -> None:
    with Script(**replies).serving() as server:
        done = at(house, server).invoke(args=["relay", "check"])

    assert done.exit_code == 1
    assert sentence in done.output
    assert done.output.strip().count("\n") == 0


def test_a_relay_that_is_not_there_is_said_so(house: House) -> None:
    done = at(house, Server(host="127.0.0.1", port=9)).invoke(args=["relay", "check"])

    assert done.exit_code == 1
    assert "No conversation was possible: ConnectionRefusedError." in done.output
