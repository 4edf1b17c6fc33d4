"""A reminder is planned once, and follows only who was surely asked and may still be reminded."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaigns.enrollment.enrollment import Enrollment, stop
from campaigns.enrollment.message import move
from campaigns.enrollment.states import MessageKind
from campaigns.enrollment.states import MessageState as S
from campaigns.house import House
from tests.delivery.stage import Clock, Outbox, all_messages, ask, shift, states
from tests.factories import NOW


def test_the_held_out_and_the_stopped_are_not_reminded(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 2)
        first, second = session.scalars(select(Enrollment).order_by(Enrollment.id)).all()
        first.is_held_out = True
        second_id = second.id

    def stop_second() -> None:
        with house.database.transaction() as session:
            stop(session, session.get_one(Enrollment, second_id), "answered", NOW)

    shift(house, Outbox(after=stop_second)).work()

    assert [message.kind for message in all_messages(house.database)].count(MessageKind.REMINDER) == 0


def test_no_reminder_is_planned_for_a_survey_that_will_be_closed(house: House, message_id: int) -> None:
    with house.database.transaction() as session:
        session.scalars(select(Enrollment)).one().closes_at = NOW + timedelta(days=5)

    shift(house, Outbox()).work()

    assert states(house) == [S.SENT]


@pytest.mark.parametrize("news", [S.BOUNCED, S.COMPLAINED])
def test_an_invitation_that_came_back_is_not_followed_by_a_reminder(house: House, message_id: int, news: S) -> None:
    outbox, clock = Outbox(), Clock()
    shift(house, outbox, clock).work()
    with house.database.transaction() as session:
        assert move(session, message_id, news, NOW)

    clock.pass_by(days=6)
    shift(house, outbox, clock).work()

    reminder = all_messages(house.database)[1]
    assert (reminder.state, reminder.reason) == (S.CANCELLED, f"invitation_{news}")
    assert len(outbox.sent) == 1
