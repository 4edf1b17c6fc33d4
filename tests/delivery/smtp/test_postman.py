"""One letter at a time, and its fate is known or in doubt, never guessed."""

import pytest

from campaigns.delivery.server import Server
from campaigns.delivery.smtp.parcel import Fate
from campaigns.delivery.smtp.postman import ERRORS, Postman
from campaigns.errors import (
    InDoubt,
    NeverDeliverable,
    RenderingError,
    SenderRefused,
    ServerUnavailable,
    TryLater,
    Withdrawn,
)
from tests.delivery.servers import DROP, HANG, Play, Sink, a_letter, counting, serving, yes
from tests.delivery.smtp.stage import QUICK, impatient


def test_a_letter_arrives_byte_for_byte_its_leading_dots_included() -> None:
    body = b".\r\n..two\r\n.end\r\nmiddle . dot\r\n"
    sink = Sink()

    with serving(sink) as server, Postman(server) as postman:
        reply = postman.send(a_letter(body=body), yes)

    assert (reply.code, reply.status) == (250, "2.0.0")
    assert sink.letters == [a_letter(body=body).data]


def test_a_batch_uses_one_connection_and_a_long_one_is_replaced() -> None:
    sink = Sink()

    with (
        serving(sink) as server,
        Postman(server, habits=impatient(letters_each=3, patience=5, with_a_letter=5)) as postman,
    ):
        for number in range(7):
            postman.send(a_letter(number), yes)

    assert len(sink.letters) == 7
    assert len(sink.peers) == 3


def test_permission_is_asked_when_the_server_is_ready_and_a_no_takes_the_letter_back() -> None:
    play = Play("PIPELINING")
    asked, may_leave = counting(answer=False)

    with play.serving() as server, Postman(server) as postman:
        with pytest.raises(Withdrawn):
            postman.send(a_letter(), may_leave)
        postman.send(a_letter(), yes)

    assert asked == [False]
    assert play.heard == ["EHLO", "MAIL", "RCPT", "DATA", "DOT", "QUIT"]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_4xx_is_later_and_the_next_letter_still_leaves(verb: str) -> None:
    play = Play(**{verb: ["451 4.7.1 greylisted ana@example.com", "354 go" if verb == "DATA" else "250 fine"]})

    with play.serving() as server, Postman(server) as postman:
        with pytest.raises(TryLater) as caught:
            postman.send(a_letter(1), yes)
        postman.send(a_letter(2), yes)

    assert (caught.value.code, caught.value.status) == (451, "4.7.1")
    assert "ana" not in str(caught.value)
    assert play.connections == 1


@pytest.mark.parametrize(
    ("verb", "kind"), [("MAIL", SenderRefused), ("RCPT", NeverDeliverable), ("DOT", NeverDeliverable)]
)
def test_a_5xx_is_never_and_says_whose_fault_it_is(verb: str, kind: type[NeverDeliverable]) -> None:
    play = Play(**{verb: "550 5.1.1 no ana@example.com here"})

    with play.serving() as server, Postman(server) as postman, pytest.raises(NeverDeliverable) as caught:
        postman.send(a_letter(), yes)

    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.status) == (550, "5.1.1")
    assert "ana" not in str(caught.value)


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("end", [DROP, HANG])
def test_trouble_before_the_dot_is_never_doubt(verb: str, end: str) -> None:
    play = Play(**{verb: end})

    with play.serving() as server, Postman(server, habits=QUICK) as postman, pytest.raises(TryLater):
        postman.send(a_letter(), yes)

    assert "DOT" not in play.heard


@pytest.mark.parametrize("end", [DROP, HANG, "what?", "199 hm", "354 more"])
def test_after_the_dot_anything_but_a_clear_reply_is_doubt(end: str) -> None:
    with Play(DOT=end).serving() as server, Postman(server, habits=QUICK) as postman, pytest.raises(InDoubt):
        postman.send(a_letter(), yes)


@pytest.mark.parametrize("goodbye", ["421 4.4.2 too long idle", DROP])
def test_a_connection_that_died_between_letters_costs_no_letter(goodbye: str) -> None:
    play = Play(MAIL=["250 fine", goodbye, "250 fine"])

    with play.serving() as server, Postman(server) as postman:
        postman.send(a_letter(1), yes)
        postman.send(a_letter(2), yes)

    assert play.connections == 2
    assert len(play.dots) == 2


def test_a_fresh_connection_that_says_421_is_tried_later_not_at_once() -> None:
    play = Play(MAIL="421 4.3.2 not now")

    with play.serving() as server, Postman(server) as postman, pytest.raises(TryLater) as caught:
        postman.send(a_letter(), yes)

    assert not isinstance(caught.value, ServerUnavailable)
    assert caught.value.code == 421
    assert play.connections == 1


@pytest.mark.parametrize(
    ("said", "times"), [({"GREETING": "554 no"}, 0), ({"GREETING": DROP}, 0), ({"MAIL": "530 5.7.0 sign in"}, 1)]
)
def test_a_server_nobody_can_talk_to_blames_no_letter(said: dict[str, str], times: int) -> None:
    asked, may_leave = counting()

    with Play(**said).serving() as server, Postman(server) as postman:
        for _ in range(2):
            with pytest.raises(ServerUnavailable):
                postman.send(a_letter(), may_leave)

    assert len(asked) == times * 2


def test_nobody_listening_is_unavailable() -> None:
    with Postman(Server(host="127.0.0.1", port=9)) as postman, pytest.raises(ServerUnavailable):
        postman.send(a_letter(), yes)


def test_a_failing_permission_leaves_no_half_letter_behind() -> None:
    play = Play()

    def may_leave() -> bool:
        raise RuntimeError("the database is gone")

    with play.serving() as server, Postman(server) as postman:
        with pytest.raises(RuntimeError):
            postman.send(a_letter(1), may_leave)
        postman.send(a_letter(2), yes)

    assert play.heard.count("DATA") == 1


@pytest.mark.parametrize("body", [b"a\n.\nb\r\n", b"a\r.\rb\r\n", b"a\r\n.\nb\r\n"])
def test_a_letter_with_half_a_line_end_cannot_be_smuggled_in(body: bytes) -> None:
    play = Play()

    with play.serving() as server, Postman(server) as postman, pytest.raises(RenderingError):
        postman.send(a_letter(body=body), yes)

    assert play.heard == []


@pytest.mark.parametrize("to", ["a b@example.com", "a>@example.com", "a\r\nRCPT TO:<eve@example.com>@example.com"])
def test_an_address_that_would_end_the_command_never_leaves(to: str) -> None:
    play = Play()

    with play.serving() as server, Postman(server) as postman, pytest.raises(NeverDeliverable) as caught:
        postman.send(a_letter(to=to), yes)

    assert "MAIL" not in play.heard
    assert "example" not in str(caught.value)


def test_addresses_beyond_ascii_need_a_server_that_knows_them() -> None:
    sink = Sink()

    with serving(sink, enable_SMTPUTF8=True) as server, Postman(server) as postman:
        postman.send(a_letter(to="josé@example.com"), yes)
    with Play().serving() as server, Postman(server) as postman, pytest.raises(NeverDeliverable) as caught:
        postman.send(a_letter(to="josé@example.com"), yes)

    assert sink.recipients == ["josé@example.com"]
    assert "jos" not in str(caught.value)


def test_every_fate_but_acceptance_has_its_error() -> None:
    assert set(ERRORS) == set(Fate) - {Fate.TAKEN}
