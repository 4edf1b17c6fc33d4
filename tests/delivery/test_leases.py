"""Whatever dies, stalls or runs twice, a letter leaves at most once and only its holder sends it."""

import shutil
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaigns.delivery.deliver import LEASE, SHIFT
from campaigns.delivery.recovery import GIVEN_UP_AFTER, recover
from campaigns.enrollment.message import Message
from campaigns.enrollment.states import MessageKind
from campaigns.enrollment.states import MessageState as S
from campaigns.house import House
from tests.delivery.stage import Clock, Outbox, all_messages, ask, shift, states, the_message
from tests.factories import NOW

GONE = LEASE + GIVEN_UP_AFTER + timedelta(seconds=1)


class Killed(BaseException):
    """The process dies here."""


def die() -> None:
    raise Killed


def crash(house: House, outbox: Outbox, clock: Clock) -> None:
    """Let a sender die; what it leaves is its journal, unlocked, as the kernel would leave it."""
    with pytest.raises(Killed):
        shift(house, outbox, clock).work()
    outbox.before = outbox.after = lambda: None


def never_come_back(house: House) -> None:
    """Take the machine with its journals away."""
    shutil.rmtree(house.settings.instance / "journals")


def test_a_sender_that_dies_before_a_letter_left_costs_nothing_and_no_time(house: House, message_id: int) -> None:
    outbox, clock = Outbox(before=die), Clock()

    crash(house, outbox, clock)
    shift(house, outbox, clock).work()

    assert outbox.sent == [f"<{message_id}@harbour.example>"]
    assert states(house)[0] == S.SENT


def test_a_sender_that_dies_after_its_promise_leaves_one_letter_in_doubt(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 5)
    outbox, clock = Outbox(after=die), Clock()

    crash(house, outbox, clock)
    shift(house, outbox, clock).work()

    assert sorted(states(house)[:5]) == [S.IN_DOUBT, S.SENT, S.SENT, S.SENT, S.SENT]
    assert len(outbox.sent) == len(set(outbox.sent)) == 5


def test_what_a_dead_sender_heard_is_recorded_with_all_that_follows(house: House) -> None:
    with house.database.transaction() as session:
        ids = ask(session, house.vault, 3)
    outbox, clock = Outbox(), Clock()
    outbox.before = lambda: die() if len(outbox.letters) == 2 else None

    crash(house, outbox, clock)
    recover(house, clock())

    messages = all_messages(house.database)
    assert [message.state for message in messages[:3]] == [S.SENT, S.SENT, S.SCHEDULED]
    assert [(m.reply_code, m.attempts, m.sent_at) for m in messages[:2]] == [(250, 1, NOW)] * 2
    assert [message.kind for message in messages[3:]] == [MessageKind.REMINDER] * 2
    assert {message.lease for message in messages} == {None}
    assert outbox.sent == [f"<{message_id}@harbour.example>" for message_id in ids[:2]]


def test_a_machine_that_never_comes_back_leaves_doubt_and_not_a_double(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 3)
    outbox, clock = Outbox(after=die), Clock()

    crash(house, outbox, clock)
    never_come_back(house)
    shift(house, outbox, clock).work()
    early = states(house)
    clock.now += GONE
    shift(house, outbox, clock).work()

    assert early == [S.SENDING] * 3
    assert states(house) == [S.IN_DOUBT] * 3
    assert len(outbox.sent) == 1


def test_a_machine_that_does_come_back_ends_the_doubt_it_left(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 3)
    outbox, clock = Outbox(), Clock()
    outbox.before = lambda: die() if len(outbox.letters) == 1 else None
    journals = house.settings.instance / "journals"

    crash(house, outbox, clock)
    journals.rename(house.settings.instance / "away")
    clock.now += GONE
    recover(house, clock())
    given_up = states(house)
    shutil.rmtree(journals, ignore_errors=True)
    (house.settings.instance / "away").rename(journals)
    shift(house, outbox, clock).work()

    assert given_up[:3] == [S.SENT, S.IN_DOUBT, S.IN_DOUBT]
    assert states(house)[:3] == [S.SENT] * 3
    assert len(outbox.sent) == len(set(outbox.sent)) == 3


def test_after_a_power_cut_only_what_was_heard_is_believed(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 3)
    outbox, clock = Outbox(), Clock()
    outbox.before = lambda: die() if len(outbox.letters) == 1 else None

    crash(house, outbox, clock)
    journal = next((house.settings.instance / "journals").glob("*.journal"))
    journal.write_bytes(b"another boot\n" + journal.read_bytes().partition(b"\n")[2])
    shift(house, outbox, clock).work()

    assert states(house)[:3] == [S.SENT, S.IN_DOUBT, S.IN_DOUBT]
    assert len(outbox.sent) == 1


def test_a_sender_that_was_frozen_past_its_lease_begins_no_letter_more(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 2)
    outbox, other, clock = Outbox(), Outbox(), Clock()

    def freeze() -> None:
        outbox.before = lambda: None
        clock.now += GONE
        shift(house, other, clock).work()

    outbox.before = freeze
    shift(house, outbox, clock).work()

    assert other.sent == outbox.sent == []
    assert states(house) == [S.SCHEDULED] * 2  # its own word, that none of them left, ends the doubt


def test_a_slow_server_that_did_take_the_letter_ends_the_doubt(house: House, message_id: int) -> None:
    outbox, clock = Outbox(), Clock()
    seen: list[str] = []

    def somebody_else_looks() -> None:
        clock.now += GONE
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


def test_without_room_for_a_journal_nothing_is_claimed(house: House, message_id: int) -> None:
    (house.settings.instance / "journals").write_text("in the way")

    assert shift(house, Outbox()).work() == 0
    assert states(house) == [S.SCHEDULED]


def test_a_journal_of_a_quiet_shift_is_gone(house: House, message_id: int) -> None:
    shift(house, Outbox()).work()

    assert list((house.settings.instance / "journals").glob("*.journal")) == []


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
    both_have_claimed = threading.Barrier(2, timeout=30)

    def work(outbox: Outbox) -> None:
        def wait_once() -> None:
            outbox.before = lambda: None
            both_have_claimed.wait()

        outbox.before = wait_once
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
