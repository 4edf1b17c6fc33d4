"""A doubt is shown without a name, settled once, and never sends a letter again."""

from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.catalog.campaign import apply_campaign
from campaigns.catalog.campaign_file import read_definition
from campaigns.delivery.doubt import BY_HAND, doubts_of, resolve
from campaigns.delivery.relay import Relay
from campaigns.enrollment.enrollment import Enrollment, get_enrollment, stop
from campaigns.enrollment.message import Message, move
from campaigns.enrollment.states import MessageKind, MessageState
from campaigns.errors import NotFound
from campaigns.house import House
from tests.factories import CAMPAIGN, NOW, ask_ana, make_merchant, make_message

S = MessageState
LEFT_AT = NOW - timedelta(hours=1)


def doubtful(session: Session, house: House, **enrollment: Any) -> Message:
    """Ana's invitation, of which nobody knows whether it left an hour ago."""
    message = ask_ana(session, house.vault)
    message.state, message.intended_at, message.lease = S.IN_DOUBT, LEFT_AT, "dead"
    for name, value in enrollment.items():
        setattr(get_enrollment(session, message.enrollment_id), name, value)
    session.flush()
    return message


def settle(session: Session, message: Message, state: MessageState, now: datetime = NOW) -> MessageState:
    return resolve(session, message.merchant_id, message.id, state, now)


def reminders(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == MessageKind.REMINDER)))


def test_doubts_are_told_by_campaign_time_and_relay_and_without_a_name(session: Session, house: House) -> None:
    message = doubtful(session, house)
    values = {"name": "ses", "sealed_url": "", "weight": 1, "tier": 0, "connections": 4, "created_at": NOW}
    relay = Relay(merchant_id=message.merchant_id, **values)
    session.add(relay)
    session.flush()
    make_message(session, session.get_one(Enrollment, message.enrollment_id), kind="reminder", state="in_doubt")
    message.relay_id = relay.id

    first, second = doubts_of(session, message.merchant_id)

    assert (first.message_id, first.kind, first.campaign, first.order_id) == (
        message.id,
        "invitation",
        "After delivery",
        "1001",
    )
    assert (first.left_at, first.relay) == (LEFT_AT, "ses")
    assert (second.kind, second.left_at, second.relay) == ("reminder", NOW, None)
    assert "ana" not in str(first).lower().replace("_", "")


def test_only_ones_own_doubts_are_told_and_only_doubts(session: Session, house: House) -> None:
    message = doubtful(session, house)
    enrollment = get_enrollment(session, message.enrollment_id)
    make_message(session, enrollment, kind="reminder", state="failed")

    assert [doubt.message_id for doubt in doubts_of(session, message.merchant_id)] == [message.id]
    assert doubts_of(session, make_merchant(session, name="Kiln & Co").id) == []


def test_a_letter_said_to_be_sent_left_when_it_was_promised_and_is_reminded_from_then(
    session: Session, house: House
) -> None:
    message = doubtful(session, house)

    assert settle(session, message, S.SENT) is S.SENT

    assert (message.state, message.reason, message.lease) == (S.SENT, BY_HAND, None)
    assert (message.sent_at, message.sent_on) == (LEFT_AT, date(2026, 11, 21))
    (reminder,) = reminders(session)
    assert (reminder.state, reminder.due_at) == (S.SCHEDULED, LEFT_AT + timedelta(days=5))
    assert reminder.merchant_id == message.merchant_id


def test_a_reminder_that_should_have_left_meanwhile_leaves_in_the_next_hours_it_may(
    session: Session, house: House
) -> None:
    message = doubtful(session, house)
    late = NOW.replace(hour=23) + timedelta(days=9)

    settle(session, message, S.SENT, late)

    (reminder,) = reminders(session)
    assert reminder.due_at == datetime.combine(late.date() + timedelta(days=1), reminder.due_at.timetz())
    assert reminder.due_at - late < timedelta(hours=12)


@pytest.mark.parametrize(
    "enrollment",
    [
        {"is_held_out": True},
        {"may_remind": False},
        {"stopped_at": NOW, "stop_reason": "answered"},
        {"closes_at": NOW + timedelta(days=4)},
    ],
)
def test_where_no_reminder_was_to_be_none_is_planned(
    session: Session, house: House, enrollment: dict[str, Any]
) -> None:
    message = doubtful(session, house, **enrollment)

    settle(session, message, S.SENT)

    assert reminders(session) == []


def test_a_campaign_without_reminders_plans_none(session: Session, house: House) -> None:
    message = doubtful(session, house)
    bare = {name: value for name, value in CAMPAIGN.items() if name != "reminder_after"}
    version = apply_campaign(session, message.merchant_id, read_definition(bare), NOW)
    get_enrollment(session, message.enrollment_id).version_id = version.id
    session.flush()

    settle(session, message, S.SENT)

    assert reminders(session) == []


def test_a_letter_said_to_have_failed_ends_its_enrollment(session: Session, house: House) -> None:
    message = doubtful(session, house)

    assert settle(session, message, S.FAILED) is S.FAILED

    enrollment = get_enrollment(session, message.enrollment_id)
    assert (message.state, message.reason, message.sent_at) == (S.FAILED, BY_HAND, None)
    assert (enrollment.stopped_at, enrollment.stop_reason) == (NOW, BY_HAND)
    assert reminders(session) == []


def test_a_stopped_enrollment_keeps_its_first_reason(session: Session, house: House) -> None:
    message = doubtful(session, house)
    stop(session, get_enrollment(session, message.enrollment_id), "answered", LEFT_AT)

    settle(session, message, S.FAILED)

    assert get_enrollment(session, message.enrollment_id).stop_reason == "answered"


def test_a_reminder_in_doubt_is_settled_and_nothing_follows_it(session: Session, house: House) -> None:
    message = doubtful(session, house)
    settle(session, message, S.SENT)
    (reminder,) = reminders(session)
    reminder.state = S.IN_DOUBT
    session.flush()

    assert settle(session, reminder, S.SENT) is S.SENT
    assert reminders(session) == [reminder]


@pytest.mark.parametrize("state", [state for state in S if state is not S.IN_DOUBT])
def test_what_is_in_no_doubt_stays_as_it_is(session: Session, house: House, state: MessageState) -> None:
    message = doubtful(session, house)
    message.state = state
    session.flush()

    for answer in (S.SENT, S.FAILED):
        assert settle(session, message, answer) is state
    assert reminders(session) == []
    assert get_enrollment(session, message.enrollment_id).stopped_at is None


@pytest.mark.parametrize("answer", [state for state in S if state not in {S.SENT, S.FAILED}])
def test_nobody_can_say_anything_else_and_least_of_all_send_it_again(
    session: Session, house: House, answer: MessageState
) -> None:
    message = doubtful(session, house)

    assert settle(session, message, answer) is S.IN_DOUBT
    assert message.state == S.IN_DOUBT


def test_another_merchants_letter_is_not_there(session: Session, house: House) -> None:
    message = doubtful(session, house)
    other = make_merchant(session, name="Kiln & Co")

    for message_id in (message.id, message.id + 1, 0):
        with pytest.raises(NotFound):
            resolve(session, other.id, message_id, S.SENT, NOW)
    assert message.state == S.IN_DOUBT


@pytest.mark.parametrize("news", [S.DELIVERED, S.BOUNCED, S.COMPLAINED])
def test_later_news_settles_a_doubt_and_a_person_comes_too_late(
    session: Session, house: House, news: MessageState
) -> None:
    message = doubtful(session, house)

    assert move(session, message.id, news, NOW)

    assert doubts_of(session, message.merchant_id) == []
    assert settle(session, message, S.SENT) is news
    assert settle(session, message, S.FAILED) is news


@pytest.mark.parametrize("news", [S.DELIVERED, S.BOUNCED, S.COMPLAINED])
@pytest.mark.parametrize("answer", [S.SENT, S.FAILED])
def test_news_outweighs_a_person_who_said_sent_but_nothing_revives_what_failed(
    session: Session, house: House, news: MessageState, answer: MessageState
) -> None:
    message = doubtful(session, house)
    settle(session, message, answer)

    assert move(session, message.id, news, NOW) is (answer is S.SENT)


def test_of_two_people_who_press_at_once_one_decides_and_both_are_told_the_same(house: House) -> None:
    with house.database.transaction() as session:
        message = doubtful(session, house)
    both, told = Barrier(2), []

    def press(state: MessageState) -> None:
        both.wait()
        with house.database.transaction() as session:
            told.append(resolve(session, message.merchant_id, message.id, state, NOW))

    people = [Thread(target=press, args=(state,)) for state in (S.SENT, S.FAILED)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    with house.database.reading() as session:
        settled = session.get_one(Message, message.id)
        assert told == [settled.state, settled.state]
        assert len(reminders(session)) == (settled.state == S.SENT)
        assert (get_enrollment(session, message.enrollment_id).stopped_at is None) is (settled.state == S.SENT)
