"""A due letter leaves, once, and whatever became of it is on its row."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from campaigns.audience.contact import Contact
from campaigns.audience.suppression import suppression_of
from campaigns.composition.letter import LetterFacts, Sealed
from campaigns.composition.press import Press
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.states import MessageKind
from campaigns.enrollment.states import MessageState as S
from campaigns.errors import InDoubt, NeverDeliverable, RenderingError, SenderRefused, ServerUnavailable, TryLater
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from tests.delivery.stage import Clock, Outbox, all_messages, ask, shift, states, the_message, write
from tests.factories import NOW


def test_a_due_letter_leaves_and_its_reminder_is_planned(house: House, message_id: int) -> None:
    outbox = Outbox()

    assert shift(house, outbox).work() == 1

    invitation, reminder = all_messages(house.database)
    assert outbox.sent == [f"<{message_id}@harbour.example>"]
    assert (invitation.state, invitation.sent_at, invitation.sent_on) == (S.SENT, NOW, date(2026, 11, 21))
    assert (invitation.reply_code, invitation.reply_status, invitation.lease) == (250, "2.0.0", None)
    assert (reminder.kind, reminder.state, reminder.due_at) == (
        MessageKind.REMINDER,
        S.SCHEDULED,
        NOW + timedelta(days=5),
    )


def test_the_letter_that_composition_writes_leaves_too(house: House, message_id: int) -> None:
    outbox = Outbox()

    shift(house, outbox, compose=Press(house.links).letter).work()

    assert [letter.recipient for letter in outbox.letters] == ["ana0@example.com"]


def test_nothing_leaves_twice_and_after_the_reminder_nothing_more_ever(house: House, message_id: int) -> None:
    outbox, clock = Outbox(), Clock()

    for _ in range(40):
        shift(house, outbox, clock).work()
        clock.pass_by(days=1)

    assert len(outbox.sent) == len(set(outbox.sent)) == 2
    assert states(house) == [S.SENT, S.SENT]


def test_the_day_a_letter_left_is_the_merchants_day(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault)
        session.scalars(select(Merchant)).one().timezone = "Pacific/Auckland"
        session.scalars(select(Enrollment)).one().timezone = "Europe/Madrid"

    shift(house, Outbox(), Clock(datetime(2026, 11, 21, 15, 0, tzinfo=UTC))).work()

    assert all_messages(house.database)[0].sent_on == date(2026, 11, 22)


def test_a_deferred_letter_climbs_the_ladder_and_then_leaves_once(house: House, message_id: int) -> None:
    outbox, clock = Outbox(outcomes=[TryLater(code=451, status="4.7.1"), TryLater()]), Clock()

    shift(house, outbox, clock).work()
    first = the_message(house.database, message_id)
    clock.now = first.due_at
    shift(house, outbox, clock).work()
    second = the_message(house.database, message_id)
    clock.now = second.due_at
    shift(house, outbox, clock).work()

    assert (first.state, first.attempts, first.reply_code, first.intended_at) == (S.DEFERRED, 1, 451, None)
    assert timedelta(minutes=5) <= first.due_at - NOW < timedelta(minutes=7)
    assert timedelta(minutes=15) <= second.due_at - first.due_at < timedelta(minutes=19)
    assert the_message(house.database, message_id).state == S.SENT
    assert len(outbox.sent) == 1


def test_a_letter_deferred_for_a_week_has_failed(house: House, message_id: int) -> None:
    outbox, clock = Outbox(outcomes=[TryLater(code=451)] * 200), Clock()

    while the_message(house.database, message_id).state in {S.SCHEDULED, S.DEFERRED}:
        clock.now = max(clock.now, the_message(house.database, message_id).due_at)
        shift(house, outbox, clock).work()

    message = the_message(house.database, message_id)
    assert (message.state, message.reason) == (S.FAILED, "expired")
    assert timedelta(days=6) < clock.now - NOW <= timedelta(days=7)


def test_an_address_that_does_not_exist_is_never_written_to_again(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 2)
        enrollments = session.scalars(select(Enrollment).order_by(Enrollment.id)).all()
        enrollments[1].contact_id = enrollments[0].contact_id

    clock = Clock()
    shift(house, Outbox(outcomes=[NeverDeliverable(code=550, status="5.1.1")]), clock).work()
    clock.pass_by(minutes=3)  # the second waits while the first is leaving
    shift(house, Outbox(), clock).work()

    messages = all_messages(house.database)
    assert [(message.state, message.reason) for message in messages] == [
        (S.FAILED, "hard_bounce"),
        (S.CANCELLED, "hard_bounce"),
    ]
    assert messages[0].reply_status == "5.1.1"
    with house.database.reading() as session:
        assert session.get_one(Enrollment, messages[0].enrollment_id).stop_reason == "hard_bounce"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NeverDeliverable(code=550, status="5.2.1"), "refused"),
        (NeverDeliverable(code=550), "refused"),
        (NeverDeliverable(status="5.6.7"), "refused"),
    ],
)
def test_a_refusal_for_another_reason_suppresses_nobody(
    house: House, message_id: int, error: NeverDeliverable, reason: str
) -> None:
    shift(house, Outbox(outcomes=[error])).work()

    message = the_message(house.database, message_id)
    assert (message.state, message.reason) == (S.FAILED, reason)
    with house.database.reading() as session:
        contact = session.scalars(select(Contact)).one()
        assert suppression_of(session, contact.merchant_id, contact.fingerprint) is None


@pytest.mark.parametrize(
    "error",
    [
        NeverDeliverable(code=550, status="5.7.26"),
        SenderRefused(code=550, status="5.1.1"),
        NeverDeliverable(code=552, status="5.2.2"),
    ],
    ids=["policy", "sender", "mailbox full"],
)
def test_a_refusal_that_is_not_about_the_letter_lets_it_wait(
    house: House, message_id: int, error: NeverDeliverable
) -> None:
    outbox, clock = Outbox(outcomes=[error]), Clock()

    shift(house, outbox, clock).work()
    waiting = the_message(house.database, message_id)
    clock.now = waiting.due_at
    shift(house, outbox, clock).work()

    assert (waiting.state, waiting.attempts, waiting.reply_code) == (S.DEFERRED, 1, error.code)
    assert states(house)[0] == S.SENT


def test_a_letter_in_doubt_is_never_sent_again_and_never_reminded(house: House, message_id: int) -> None:
    outbox, clock = Outbox(outcomes=[InDoubt()]), Clock()

    for _ in range(10):
        shift(house, outbox, clock).work()
        clock.pass_by(days=3)

    assert outbox.sent == []
    assert states(house) == [S.IN_DOUBT]


def test_a_letter_that_cannot_be_written_fails_alone(house: House) -> None:
    with house.database.transaction() as session:
        ids = ask(session, house.vault, 3)

    def picky(facts: LetterFacts) -> Sealed:
        if facts.message_id == ids[0]:
            raise RenderingError
        return write(facts)

    outbox = Outbox()
    shift(house, outbox, compose=picky).work()

    assert states(house)[:3] == [S.FAILED, S.SENT, S.SENT]
    assert the_message(house.database, ids[0]).reason == "unwritable"


def test_a_fault_in_one_letter_makes_it_step_aside_and_holds_up_nobody(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with house.database.transaction() as session:
        ids = ask(session, house.vault, 3)

    def broken(facts: LetterFacts) -> Sealed:
        if facts.message_id == ids[0]:
            raise KeyError(facts.to_address)
        return write(facts)

    shift(house, Outbox(), compose=broken).work()

    stepped = the_message(house.database, ids[0])
    assert states(house)[:3] == [S.DEFERRED, S.SENT, S.SENT]
    assert stepped.due_at > NOW
    assert stepped.attempts == 1
    assert "KeyError" in caplog.text
    assert "example.com" not in caplog.text


def test_while_no_server_answers_all_wait_without_a_try_counted_and_then_leave_once(house: House) -> None:
    with house.database.transaction() as session:
        ids = ask(session, house.vault, 5)
    outbox, clock = Outbox(outcomes=[None, ServerUnavailable()]), Clock()

    shift(house, outbox, clock).work()
    waiting = [the_message(house.database, message_id) for message_id in ids[1:]]
    clock.pass_by(minutes=5)
    later = Outbox()
    shift(house, later, clock).work()

    assert {(message.state, message.attempts, message.lease) for message in waiting} == {(S.DEFERRED, 0, None)}
    assert all(NOW < message.due_at <= NOW + timedelta(minutes=5) for message in waiting)
    assert sorted(outbox.sent + later.sent) == sorted(f"<{message_id}@harbour.example>" for message_id in ids)
