"""Whatever dies, stalls or runs twice, a letter leaves at most once and only its holder sends it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaigns.delivery.deliver import PROMISED, SHIFT
from campaigns.enrollment.message import Message
from campaigns.enrollment.message import MessageState as S
from campaigns.house import House
from tests.delivery.stage import Clock, Outbox, all_messages, ask, shift, states, the_message


class Killed(BaseException):
    """The process dies here."""


def die() -> None:
    raise Killed


def crash(house: House, outbox: Outbox, clock: Clock) -> None:
    """Let a sender die without the last words that `finally` would say for a real one."""
    with pytest.raises(Killed):
        dying = shift(house, outbox, clock)
        dying._give_back = lambda due=None: None  # type: ignore[method-assign]  # a dead process cleans up nothing
        dying.work()


def test_a_sender_that_dies_before_its_promise_costs_nothing(house: House, message_id: int) -> None:
    outbox, clock = Outbox(before=die), Clock()

    crash(house, outbox, clock)
    outbox.before = lambda: None
    shift(house, outbox, clock).work()
    early = list(outbox.sent)
    clock.now += PROMISED + timedelta(seconds=1)
    shift(house, outbox, clock).work()

    assert early == []
    assert len(outbox.sent) == 1


def test_a_sender_that_dies_after_its_promise_leaves_one_letter_in_doubt(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 5)
    outbox, clock = Outbox(after=die), Clock()

    crash(house, outbox, clock)
    outbox.after = lambda: None
    clock.now += PROMISED + timedelta(seconds=1)
    shift(house, outbox, clock).work()

    assert sorted(states(house)[:5]) == [S.IN_DOUBT, S.SENT, S.SENT, S.SENT, S.SENT]
    assert len(outbox.sent) == len(set(outbox.sent)) == 5


def test_a_sender_that_lost_its_lease_must_not_send(house: House, message_id: int) -> None:
    outbox, clock = Outbox(), Clock()

    def somebody_else_sends() -> None:
        slow.before = lambda: None
        clock.now += PROMISED + timedelta(seconds=1)
        shift(house, outbox, clock).work()

    slow = Outbox(before=somebody_else_sends)
    shift(house, slow, clock).work()

    assert len(outbox.sent) == 1
    assert slow.sent == []
    assert states(house)[0] == S.SENT


def test_a_slow_server_that_did_take_the_letter_ends_the_doubt(house: House, message_id: int) -> None:
    outbox, clock = Outbox(), Clock()
    seen: list[str] = []

    def somebody_else_looks() -> None:
        clock.now += PROMISED + timedelta(seconds=1)
        shift(house, Outbox(), clock).work()
        seen.append(the_message(house.database, message_id).state)

    outbox.after = somebody_else_looks
    shift(house, outbox, clock).work()

    assert seen == [S.IN_DOUBT]
    assert states(house)[0] == S.SENT


def test_a_slow_batch_keeps_its_lease(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 4)
    outbox, clock, other = Outbox(), Clock(), Outbox()

    def slowly() -> None:
        clock.pass_by(seconds=SHIFT.total_seconds() / 4 + 1)
        shift(house, other, clock).work()

    outbox.after = slowly
    shift(house, outbox, clock).work()

    assert other.sent == []
    assert len(outbox.sent) == 4


def test_told_to_stop_a_sender_finishes_its_letter_and_gives_the_rest_back(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 5)
    outbox = Outbox()

    shift(house, outbox, is_stopping=lambda: len(outbox.letters) >= 2).work()

    assert states(house)[:5] == [S.SENT, S.SENT, S.SCHEDULED, S.SCHEDULED, S.SCHEDULED]
    assert {message.lease for message in all_messages(house.database)} == {None}


def test_a_shift_ends_after_its_time(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 5)
    clock = Clock()
    outbox = Outbox(after=lambda: clock.pass_by(seconds=SHIFT.total_seconds() / 2))

    assert shift(house, outbox, clock).work() == 2


def test_two_senders_share_the_work_without_a_double(house: House) -> None:
    with house.database.transaction() as session:
        ids = ask(session, house.vault, 120)
    outboxes = [Outbox(), Outbox()]
    both = threading.Barrier(2)

    def work(outbox: Outbox) -> None:
        both.wait()
        shift(house, outbox).work()

    senders = [threading.Thread(target=work, args=(outbox,)) for outbox in outboxes]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    sent = outboxes[0].sent + outboxes[1].sent
    assert sorted(sent) == sorted(f"<{message_id}@harbour.example>" for message_id in ids)
    assert all(outbox.sent for outbox in outboxes)
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).where(Message.state == S.SENT)) == 120
