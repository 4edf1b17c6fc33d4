"""At most one invitation and one reminder, moved only along the table of moves."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns.enrollment.message import Message, Plan, move, plan_all, schedule
from campaigns.enrollment.states import MOVES, MessageKind, MessageState
from campaigns.house import House
from tests.factories import NOW, ask_ana


def state_of(session: Session, message: Message) -> str:
    return session.scalars(select(Message.state).where(Message.id == message.id)).one()


def test_the_schema_knows_one_letter_of_each_kind(session: Session, house: House) -> None:
    message = ask_ana(session, house.vault)

    assert schedule(session, message.enrollment_id, message.merchant_id, MessageKind.INVITATION, NOW, NOW) is None
    for kind in ("invitation", "third"):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(
                text(
                    "INSERT INTO message (merchant_id, enrollment_id, kind, state, due_at, attempts, created_at, updated_at)"
                    f" SELECT merchant_id, enrollment_id, '{kind}', state, due_at, 0, created_at, updated_at FROM message"
                )
            )


def test_many_reminders_are_planned_at_once_and_none_twice(session: Session, house: House) -> None:
    message = ask_ana(session, house.vault)
    plans = [Plan(message.enrollment_id, message.merchant_id, MessageKind.REMINDER, NOW)]

    plan_all(session, plans, NOW)
    plan_all(session, plans, NOW)
    plan_all(session, [], NOW)

    kinds = session.scalars(select(Message.kind).order_by(Message.id)).all()
    assert kinds == [MessageKind.INVITATION, MessageKind.REMINDER]


@pytest.mark.parametrize("old", list(MessageState))
def test_news_moves_a_message_only_along_the_table(session: Session, house: House, old: MessageState) -> None:
    first = ask_ana(session, house.vault)
    session.delete(first)
    session.flush()
    for new in MessageState:
        message = make_message_in(session, first, old)

        moved = move(session, message.id, new, NOW)

        assert moved is (new in MOVES[old] and old is not MessageState.SENDING)
        assert state_of(session, message) == (new if moved else old)
        session.delete(message)
        session.flush()


def make_message_in(session: Session, like: Message, state: MessageState) -> Message:
    values = {"merchant_id": like.merchant_id, "enrollment_id": like.enrollment_id, "kind": "invitation"}
    message = Message(**values, state=state, due_at=NOW, created_at=NOW, updated_at=NOW)
    session.add(message)
    session.flush()
    return message
