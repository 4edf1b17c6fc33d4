"""Letters leave over several connections at once, each exactly once, and no dot before its promise."""

import socket
from time import monotonic

import pytest

from campaigns.delivery.server import Server
from campaigns.delivery.smtp.exchange import Exchange
from campaigns.delivery.smtp.lane import Lane
from campaigns.delivery.smtp.parcel import Fate, Parcel
from campaigns.errors import ServerUnavailable
from tests.delivery.servers import DROP, HALF, HANG, Play, Sink, free_port, serving
from tests.delivery.smtp.stage import (
    BODY,
    QUICK,
    Tray,
    a_parcel,
    by_key,
    deliver,
    fates,
    impatient,
    letters,
    turn_until_done,
)

GROUPS = [(), ("PIPELINING",)]
BIG = b"Subject: Hi\r\n\r\n" + (b"x" * 70 + b"\r\n") * 120_000  # more than the kernel takes at once


@pytest.mark.parametrize("offers", GROUPS)
@pytest.mark.parametrize("manner", [{}, {"at_once": True}, {"in_bytes": True}, {"pause": 0.01}], ids=str)
def test_every_letter_arrives_once_however_the_server_talks(offers: tuple[str, ...], manner: dict[str, bool]) -> None:
    play = Play(*offers, **manner)

    with play.serving() as server:
        outcomes = deliver(server, tray := letters(20), connections=3)

    assert set(fates(outcomes).values()) == {Fate.TAKEN}
    assert sorted(recipient for recipient, _ in play.dots) == sorted(f"ana{key}@example.com" for key in outcomes)
    assert play.letters == [BODY] * 20
    assert len(outcomes) == 20
    assert sorted(tray.promised) == tray.taken == list(range(1, 21))


def test_a_real_server_takes_them_too_byte_for_byte() -> None:
    sink = Sink()

    with serving(sink) as server:
        outcomes = deliver(server, Tray(a_parcel(1, data=b"A: b\r\n\r\n..two\r\n...\r\nend. dot\r\n"), a_parcel(2)))

    assert set(fates(outcomes).values()) == {Fate.TAKEN}
    assert (outcomes[1].reply.code, outcomes[1].reply.status) == (250, "2.0.0") if outcomes[1].reply else False
    assert sink.letters == [b"A: b\r\n\r\n.two\r\n..\r\nend. dot\r\n", BODY]


def test_a_letter_larger_than_all_buffers_arrives_whole() -> None:
    play = Play("PIPELINING")

    with play.serving() as server:
        outcomes = deliver(server, Tray(*(a_parcel(key, data=BIG) for key in (1, 2, 3))))

    assert set(fates(outcomes).values()) == {Fate.TAKEN}
    assert play.letters == [BIG] * 3


def test_a_dot_leaves_only_after_its_promise_and_brings_the_next_letter_along() -> None:
    play = Play("PIPELINING", at_once=True)
    seen: list[int] = []
    tray = letters(3)
    tray_with_eyes = Tray(*tray.waiting, before_promise=lambda _: seen.append(len(play.dots)))

    with play.serving() as server:
        outcomes = deliver(server, tray_with_eyes)

    assert seen[:3] == [0, 1, 2]
    assert tray_with_eyes.turns[1] == ([2], [1])
    assert set(fates(outcomes).values()) == {Fate.TAKEN}


def test_where_the_promise_fails_no_dot_leaves_and_nothing_learnt_is_lost() -> None:
    play, errors = Play("PIPELINING"), [OSError(28, "No space left on device")]

    def full_disk(intents: list[int]) -> None:
        if 2 in intents and errors:
            raise errors.pop()

    tray = Tray(a_parcel(1), a_parcel(2), a_parcel(3), before_promise=full_disk)
    exchange = Exchange("askwell.example", QUICK)
    with play.serving() as server:
        exchange.lane("relay", server, 1)
        outcomes = []
        with pytest.raises(OSError, match="No space"):
            for _ in range(100):
                outcomes += exchange.turn(tray, 0.05)
        outcomes += turn_until_done(exchange, tray)
        exchange.close()

    assert fates(by_key(outcomes)) == {1: Fate.TAKEN, 2: Fate.UNSERVED, 3: Fate.TAKEN}
    assert [recipient for recipient, _ in play.dots] == ["ana1@example.com", "ana3@example.com"]
    assert sorted(outcome.key for outcome in tray.told) == [1, 2, 3]
    assert exchange.in_flight == 0


def test_a_supply_that_fails_holds_back_no_dot_that_was_promised() -> None:
    class Failing(Tray):
        def take(self, lane: Lane) -> Parcel | None:
            if self.taken == [1] and self.promised == [1] and self.waiting:
                self.waiting.clear()
                raise RuntimeError("the database is gone")
            return super().take(lane)

    play, tray = Play("PIPELINING"), Failing(a_parcel(1), a_parcel(2))
    exchange = Exchange("askwell.example", QUICK)
    with play.serving() as server:
        exchange.lane("relay", server, 1)
        with pytest.raises(RuntimeError):
            for _ in range(100):
                exchange.turn(tray, 0.05)
        outcomes = turn_until_done(exchange, tray)
        exchange.close()

    assert fates(by_key(outcomes)) == {1: Fate.TAKEN}


@pytest.mark.parametrize("offers", GROUPS)
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(("said", "fate"), [("451 4.7.1 later ana", Fate.LATER), ("550 5.1.1 no ana", Fate.NEVER)])
def test_a_refusal_is_one_letters_own(offers: tuple[str, ...], verb: str, said: str, fate: Fate) -> None:
    fine = "354 go" if verb == "DATA" else "250 fine"
    play = Play(*offers, **{verb: [fine, said, fine]})

    with play.serving() as server:
        outcomes = deliver(server, letters(3))

    refused = Fate.SENDER_REFUSED if (verb, fate) == ("MAIL", Fate.NEVER) else fate
    assert fates(outcomes) == {1: Fate.TAKEN, 2: refused, 3: Fate.TAKEN}
    # A server that refuses the sender and goes ahead all the same is left without a dot.
    assert play.connections == (2 if offers and verb == "MAIL" else 1)


@pytest.mark.parametrize("offers", GROUPS)
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "BODY"])
@pytest.mark.parametrize("end", [DROP, HALF, HANG, "421 4.3.2 bye", "what?"])
def test_trouble_before_the_dot_is_no_fault_of_the_letter(offers: tuple[str, ...], verb: str, end: str) -> None:
    fine = {"DATA": "354 go", "BODY": ""}.get(verb, "250 fine")
    play = Play(*offers, **{verb: [fine, end, fine]})
    play.window = 2**16  # a kernel that takes the whole body would leave trouble after the dot
    data = BIG if verb == "BODY" else BODY

    with play.serving() as server:
        outcomes = deliver(server, Tray(a_parcel(1), a_parcel(2, data=data), a_parcel(3)))

    assert fates(outcomes) == {1: Fate.TAKEN, 2: Fate.UNSERVED, 3: Fate.TAKEN}
    assert play.connections == 2


@pytest.mark.parametrize("offers", GROUPS)
@pytest.mark.parametrize("end", [DROP, HALF, HANG, "what?", "199 hm", "354 more"])
def test_after_the_dot_anything_but_a_clear_reply_is_doubt(offers: tuple[str, ...], end: str) -> None:
    play = Play(*offers, DOT=[end, "250 2.0.0 taken"])

    with play.serving() as server:
        outcomes = deliver(server, letters(3), habits=impatient(patience=5.0))

    assert outcomes[1].fate is Fate.DOUBT
    assert set(fates(outcomes).values()) - {Fate.DOUBT} <= {Fate.TAKEN, Fate.UNSERVED}
    assert [fates(outcomes)[key] for key in (2, 3)].count(Fate.UNSERVED) == (1 if offers else 0)


def test_a_connection_that_died_while_idle_costs_no_letter() -> None:
    play = Play("PIPELINING", DOT=[f"250 taken {DROP}", "250 taken"])
    exchange, first, second = Exchange("askwell.example", QUICK), letters(1), letters(1, first=2)

    with play.serving() as server:
        lane = exchange.lane("relay", server, 1)
        outcomes = turn_until_done(exchange, first)
        while lane.conversations:
            exchange.turn(Tray(), 0.05)
        exchange.lane("relay", server, 1)
        outcomes += turn_until_done(exchange, second)
        exchange.close()

    assert fates(by_key(outcomes)) == {1: Fate.TAKEN, 2: Fate.TAKEN}
    assert second.taken == [2]


def test_an_idle_server_that_says_goodbye_is_heard_without_a_letter() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(host="127.0.0.1", port=listener.getsockname()[1])
        exchange = Exchange("askwell.example", QUICK)
        lane = exchange.lane("relay", server, 1)
        exchange.turn(Tray(), 0.0)
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"220 hi\r\n")
            exchange.turn(Tray(), 1.0)
            connection.sendall(b"250 fine\r\n")
            exchange.turn(Tray(), 1.0)
            assert lane.conversations == 1
            connection.sendall(b"421 4.4.2 idle too long\r\n")
            exchange.turn(Tray(), 1.0)

        assert lane.conversations == 0
        assert exchange.close() == []


def test_connections_are_replaced_after_so_many_letters() -> None:
    play = Play("PIPELINING")

    with play.serving() as server:
        outcomes = deliver(server, letters(7), habits=impatient(letters_each=3))

    assert set(fates(outcomes).values()) == {Fate.TAKEN}
    assert play.connections == 3
    assert play.most_open == 1
    assert play.heard.count("QUIT") == 3


def test_old_connections_are_replaced() -> None:
    play = Play("PIPELINING")

    with play.serving() as server:
        outcomes = deliver(server, letters(3), habits=impatient(age=0.0))

    assert set(fates(outcomes).values()) == {Fate.TAKEN}
    assert play.connections == 3


def test_idle_connections_say_goodbye_and_are_not_replaced() -> None:
    play = Play("PIPELINING")
    exchange = Exchange("askwell.example", impatient(idle=0.1))

    with play.serving() as server:
        lane = exchange.lane("relay", server, 2)
        turn_until_done(exchange, letters(1))
        until = monotonic() + 5
        while lane.conversations and monotonic() < until:
            exchange.turn(Tray(), 0.05)
        for _ in range(3):
            exchange.turn(Tray(), 0.05)
        exchange.close()

    assert play.heard[-1] == "QUIT"
    assert play.connections == 1


def test_no_letter_is_begun_where_goodbye_was_said() -> None:
    play = Play("PIPELINING", QUIT=HANG)
    exchange = Exchange("askwell.example", impatient(idle=0.1))

    with play.serving() as server:
        lane = exchange.lane("relay", server, 2)
        outcomes = turn_until_done(exchange, letters(1))
        while "QUIT" not in play.heard:
            exchange.turn(Tray(), 0.05)
        exchange.lane("relay", server, 2)
        outcomes += turn_until_done(exchange, letters(3, first=2))
        exchange.close(politely=False)

    assert set(fates(by_key(outcomes)).values()) == {Fate.TAKEN}
    assert lane.trouble is None


@pytest.mark.parametrize("greeting", ["421 4.7.0 too many", "554 too many"])
def test_a_limit_on_connections_is_respected_and_is_no_trouble(greeting: str) -> None:
    play = Play("PIPELINING", pause=0.005, GREETING=lambda count: greeting if count > 2 else "220 ready")

    with play.serving() as server:
        exchange = Exchange("askwell.example", QUICK)
        lane = exchange.lane("relay", server, 6)
        outcomes = turn_until_done(exchange, tray := letters(60))
        bears = lane.bears(exchange.now())
        exchange.close()

    assert set(fates(by_key(outcomes)).values()) == {Fate.TAKEN}
    assert lane.trouble is None
    assert bears <= 2
    assert len(tray.promised) == 60
    assert play.connections < 10


def test_one_letter_opens_one_connection_and_many_open_all() -> None:
    one, many = Play("PIPELINING"), Play("PIPELINING", pause=0.01)

    with one.serving() as server:
        deliver(server, letters(1), connections=8)
    with many.serving() as server:
        deliver(server, letters(60), connections=8)

    assert one.connections == 1
    assert many.most_open == 8


@pytest.mark.parametrize(
    "said", [{"GREETING": "554 no"}, {"GREETING": DROP}, {"EHLO": DROP}, {"MAIL": "530 5.7.0 sign in"}]
)
def test_a_lane_in_trouble_says_so_and_is_not_knocked_at_again_at_once(said: dict[str, str]) -> None:
    play, tray = Play(**said), letters(3)
    exchange = Exchange("askwell.example", QUICK)

    with play.serving() as server:
        lane = exchange.lane("relay", server, 4)
        outcomes = []
        for _ in range(10):
            outcomes += exchange.turn(tray, 0.05)
        outcomes += exchange.close()

    assert isinstance(lane.trouble, ServerUnavailable)
    assert not lane.is_ready(exchange.now())
    assert play.connections == 1
    assert set(fates(by_key(outcomes)).values()) <= {Fate.UNSERVED}
    assert len(outcomes) == len(tray.taken) <= 1


def test_a_lane_comes_back_after_its_wait() -> None:
    play, tray = Play("PIPELINING", GREETING=["421 full", "220 ready"]), letters(5)
    exchange = Exchange("askwell.example", QUICK)

    with play.serving() as server:
        lane = exchange.lane("relay", server, 4)
        outcomes = by_key(turn_until_done(exchange, tray) + exchange.close())

    assert set(fates(outcomes).values()) == {Fate.TAKEN}
    assert lane.trouble is None


def test_nobody_listening_and_a_name_that_leads_nowhere_are_trouble_of_the_lane() -> None:
    for server in (Server(host="127.0.0.1", port=free_port()), Server(host="nowhere.invalid", port=25)):
        exchange, tray = Exchange("askwell.example", QUICK), letters(1)
        lane = exchange.lane("relay", server, 4)
        until = monotonic() + 10
        while lane.trouble is None and monotonic() < until:
            exchange.turn(tray, 0.05)

        assert isinstance(lane.trouble, ServerUnavailable)
        assert tray.taken == []
        assert exchange.close() == []


def test_the_next_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    play = Play()

    with play.serving() as server:
        places = [("127.0.0.1", free_port()), ("127.0.0.1", server.port)]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]

        def look_up(*_: object, flags: int = 0, **__: object) -> object:
            if flags:
                raise socket.gaierror
            return found

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        outcomes = deliver(Server(host="mx.example", port=25), letters(2))

    assert set(fates(outcomes).values()) == {Fate.TAKEN}


def test_another_server_takes_over_a_lane_and_the_first_one_finishes_its_letter() -> None:
    slow, quick = Play("PIPELINING", pause=0.05), Play("PIPELINING")
    exchange, tray = Exchange("askwell.example", QUICK), letters(6)

    with slow.serving() as first, quick.serving() as second:
        old = exchange.lane("relay", first, 1)
        while not tray.promised:
            exchange.turn(tray, 0.05)
        new = exchange.lane("relay", second, 1)
        outcomes = by_key(turn_until_done(exchange, tray) + exchange.close())

    assert new is not old
    assert set(fates(outcomes).values()) == {Fate.TAKEN}
    assert outcomes[1].lane is old
    assert outcomes[6].lane is new
    assert len(slow.dots) + len(quick.dots) == 6


def test_what_the_server_could_never_take_is_not_begun() -> None:
    play = Play("PIPELINING", "SIZE 1000")
    strange = a_parcel(2, to="a>b@example.com")

    with play.serving() as server:
        outcomes = deliver(server, Tray(a_parcel(1), strange, a_parcel(3, data=BODY * 100), a_parcel(4)))

    assert fates(outcomes) == {1: Fate.TAKEN, 2: Fate.NEVER, 3: Fate.NEVER, 4: Fate.TAKEN}
    assert outcomes[3].reply is not None
    assert (outcomes[3].reply.code, outcomes[3].reply.status) == (552, "5.3.4")
    assert play.commands[1] == f"MAIL FROM:<hello@harbour.example> SIZE={len(BODY)}"


def test_closing_waits_for_what_has_left_and_gives_back_the_rest() -> None:
    play, tray = Play("PIPELINING", pause=0.1), letters(3)
    exchange = Exchange("askwell.example", QUICK)

    with play.serving() as server:
        exchange.lane("relay", server, 1)
        while not tray.promised:
            exchange.turn(tray, 0.05)
        outcomes = by_key(exchange.close())

    assert fates(outcomes) == {1: Fate.TAKEN, 2: Fate.UNSERVED}
    assert exchange.in_flight == 0


def test_closing_rudely_leaves_doubt_only_behind_dots() -> None:
    play, tray = Play("PIPELINING", pause=0.1), letters(3)
    exchange = Exchange("askwell.example", QUICK)

    with play.serving() as server:
        exchange.lane("relay", server, 1)
        while not tray.promised:
            exchange.turn(tray, 0.05)
        outcomes = by_key(exchange.close(politely=False))

    assert fates(outcomes) == {1: Fate.DOUBT, 2: Fate.UNSERVED}


def test_many_lanes_share_one_thread_and_one_in_trouble_delays_no_other() -> None:
    good, bad = Play("PIPELINING"), Play("PIPELINING", GREETING=HANG)
    exchange = Exchange("askwell.example", QUICK)

    class Post(Tray):
        def take(self, lane: Lane) -> Parcel | None:
            return super().take(lane) if lane.key != "bad" else None

    with good.serving() as server, bad.serving() as hanging:
        exchange.lane("bad", hanging, 4)
        for number in range(20):
            exchange.lane(number, server, 2)
        began = monotonic()
        outcomes = turn_until_done(exchange, Post(*letters(100).waiting))
        exchange.close(politely=False)

    assert set(fates(by_key(outcomes)).values()) == {Fate.TAKEN}
    assert monotonic() - began < 5


@pytest.mark.parametrize("name", ["", "laptop", "10.0.0.7"])
def test_a_name_that_is_no_domain_is_not_said(name: str) -> None:
    play = Play()

    with play.serving() as server:
        exchange = Exchange(name, QUICK)
        exchange.lane("relay", server, 1)
        turn_until_done(exchange, letters(1))
        exchange.close()

    assert play.commands[0] == "EHLO [127.0.0.1]"
