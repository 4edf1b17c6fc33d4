"""A letter's fate is known or in doubt, never guessed: real servers that take, refuse, hang and drop."""

import socket
from dataclasses import replace

import pytest

from campaigns.delivery import transport as module
from campaigns.delivery.server import Server
from campaigns.delivery.transport import SmtpTransport
from campaigns.errors import (
    InDoubt,
    NeverDeliverable,
    RenderingError,
    SenderRefused,
    ServerUnavailable,
    TryLater,
    Withdrawn,
)
from tests.delivery.servers import DROP, HANG, Script, Sink, a_letter, counting, serving, yes


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    monkeypatch.setattr(module, "PATIENCE_WITH_A_LETTER", 0.3)


def test_a_letter_arrives_byte_for_byte_its_leading_dots_included() -> None:
    body = b".\r\n..two\r\n.end\r\nmiddle . dot\r\n"
    sink = Sink()

    with serving(sink) as server, SmtpTransport(server) as transport:
        reply = transport.send(a_letter(body=body), yes)

    assert (reply.code, reply.status) == (250, "2.0.0")
    assert sink.letters == [a_letter(body=body).data]


def test_a_batch_uses_one_connection_and_a_long_one_is_replaced() -> None:
    sink = Sink()

    with serving(sink) as server, SmtpTransport(server, letters_each=3) as transport:
        for number in range(7):
            transport.send(a_letter(number), yes)

    assert len(sink.letters) == 7
    assert len(sink.peers) == 3


def test_nagle_is_switched_off() -> None:
    with serving(Sink()) as server, SmtpTransport(server) as transport:
        transport.send(a_letter(), yes)

        assert transport._socket().getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_permission_is_asked_when_the_server_is_ready_and_a_no_takes_the_letter_back() -> None:
    script = Script()
    asked, may_leave = counting(answer=False)

    with script.serving() as server, SmtpTransport(server) as transport:
        with pytest.raises(Withdrawn):
            transport.send(a_letter(), may_leave)
        transport.send(a_letter(), yes)

    assert asked == [False]
    assert script.heard == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "DOT", "QUIT"]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_4xx_is_later_and_the_next_letter_still_leaves(verb: str) -> None:
    script = Script(**{verb: ["451 4.7.1 greylisted ana@example.com", "354 go" if verb == "DATA" else "250 fine"]})

    with script.serving() as server, SmtpTransport(server) as transport:
        with pytest.raises(TryLater) as caught:
            transport.send(a_letter(1), yes)
        transport.send(a_letter(2), yes)

    assert (caught.value.code, caught.value.status) == (451, "4.7.1")
    assert "ana" not in str(caught.value)
    assert script.connections == 1


@pytest.mark.parametrize(
    ("verb", "kind"), [("MAIL", SenderRefused), ("RCPT", NeverDeliverable), ("DOT", NeverDeliverable)]
)
def test_a_5xx_is_never_and_says_whose_fault_it_is(verb: str, kind: type[NeverDeliverable]) -> None:
    script = Script(**{verb: "550 5.1.1 no ana@example.com here"})

    with script.serving() as server, SmtpTransport(server) as transport, pytest.raises(NeverDeliverable) as caught:
        transport.send(a_letter(), yes)

    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.status) == (550, "5.1.1")
    assert "ana" not in str(caught.value)


def test_real_servers_defer_and_refuse_alike() -> None:
    sink = Sink(rcpt="451 4.2.0 later")

    with serving(sink) as server, SmtpTransport(server) as transport:
        with pytest.raises(TryLater):
            transport.send(a_letter(1), yes)
        sink.rcpt = "550 5.1.1 nobody"
        with pytest.raises(NeverDeliverable):
            transport.send(a_letter(2), yes)
        sink.rcpt = ""
        transport.send(a_letter(3), yes)

    assert sink.message_ids == ["<3@harbour.example>"]


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("end", [DROP, HANG])
@pytest.mark.usefixtures("impatient")
def test_trouble_before_the_dot_is_never_doubt(verb: str, end: str) -> None:
    script = Script(**{verb: end})

    with script.serving() as server, SmtpTransport(server) as transport, pytest.raises(TryLater):
        transport.send(a_letter(), yes)

    assert "DOT" not in script.heard


@pytest.mark.parametrize("end", [DROP, HANG, "what?", "199 hm", "354 more"])
@pytest.mark.usefixtures("impatient")
def test_after_the_dot_anything_but_a_clear_reply_is_doubt(end: str) -> None:
    with Script(DOT=end).serving() as server, SmtpTransport(server) as transport, pytest.raises(InDoubt):
        transport.send(a_letter(), yes)


def test_a_server_that_says_goodbye_before_the_dot_has_no_letter() -> None:
    script = Script(BODY="421 4.3.0 shutting down")
    big = (b"x" * 70 + b"\r\n") * 200_000

    with script.serving() as server, SmtpTransport(server) as transport, pytest.raises(TryLater):
        transport.send(a_letter(body=big), yes)

    assert "DOT" not in script.heard


@pytest.mark.parametrize("goodbye", ["421 4.4.2 too long idle", DROP])
def test_a_connection_that_died_between_letters_costs_no_letter(goodbye: str) -> None:
    script = Script(MAIL=["250 fine", goodbye, "250 fine"])
    asked, may_leave = counting()

    with script.serving() as server, SmtpTransport(server) as transport:
        transport.send(a_letter(1), may_leave)
        transport.send(a_letter(2), may_leave)

    assert script.connections == 2
    assert len(asked) == 2


def test_a_fresh_connection_that_says_421_is_tried_later_not_at_once() -> None:
    script = Script(MAIL="421 4.3.2 not now")

    with script.serving() as server, SmtpTransport(server) as transport, pytest.raises(TryLater) as caught:
        transport.send(a_letter(), yes)

    assert not isinstance(caught.value, ServerUnavailable)
    assert script.connections == 1


@pytest.mark.parametrize(
    "script",
    [Script(GREETING="554 no"), Script(GREETING=DROP), Script(MAIL="530 5.7.0 authentication required")],
    ids=["refuses", "hangs up", "wants a password"],
)
def test_a_server_nobody_can_talk_to_blames_no_letter(script: Script) -> None:
    asked, may_leave = counting()

    with script.serving() as server, SmtpTransport(server) as transport, pytest.raises(ServerUnavailable):
        transport.send(a_letter(), may_leave)

    assert asked == []


def test_nobody_listening_is_unavailable() -> None:
    with SmtpTransport(Server(host="127.0.0.1", port=9)) as transport, pytest.raises(ServerUnavailable):
        transport.send(a_letter(), yes)


def test_a_wrong_password_is_the_servers_trouble_and_is_not_repeated() -> None:
    sink = Sink()

    with serving(sink, auth_require_tls=False, authenticator=lambda *_: False) as server:
        known = replace(server, user="relay", password="open-sesame")
        with SmtpTransport(known) as transport, pytest.raises(ServerUnavailable) as caught:
            transport.send(a_letter(), yes)

    assert "relay" not in f"{caught.value} {known}"
    assert "sesame" not in f"{caught.value} {known}"


def test_a_failing_permission_leaves_no_half_letter_behind() -> None:
    script = Script()

    def may_leave() -> bool:
        raise RuntimeError("the database is gone")

    with script.serving() as server, SmtpTransport(server) as transport:
        with pytest.raises(RuntimeError):
            transport.send(a_letter(1), may_leave)
        transport.send(a_letter(2), yes)

    assert script.heard.count("DATA") == 1
    assert script.connections == 2


@pytest.mark.parametrize("body", [b"a\n.\nb\r\n", b"a\r.\rb\r\n", b"a\r\n.\nb\r\n"])
def test_a_letter_with_half_a_line_end_cannot_be_smuggled_in(body: bytes) -> None:
    script = Script()

    with script.serving() as server, SmtpTransport(server) as transport, pytest.raises(RenderingError):
        transport.send(a_letter(body=body), yes)

    assert script.heard == []


@pytest.mark.parametrize("to", ["a b@example.com", "a>@example.com", "a\r\nRCPT TO:<eve@example.com>@example.com"])
def test_an_address_that_would_end_the_command_never_leaves(to: str) -> None:
    script = Script()

    with script.serving() as server, SmtpTransport(server) as transport, pytest.raises(NeverDeliverable) as caught:
        transport.send(a_letter(to=to), yes)

    assert "MAIL" not in script.heard
    assert "example" not in str(caught.value)


def test_addresses_beyond_ascii_need_a_server_that_knows_them() -> None:
    sink = Sink()

    with serving(sink, enable_SMTPUTF8=True) as server, SmtpTransport(server) as transport:
        transport.send(a_letter(to="josé@example.com"), yes)
    with Script().serving() as server, SmtpTransport(server) as transport, pytest.raises(NeverDeliverable) as caught:
        transport.send(a_letter(to="josé@example.com"), yes)

    assert sink.recipients == ["josé@example.com"]
    assert "jos" not in str(caught.value)
