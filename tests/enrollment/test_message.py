"""At most one invitation and one reminder, moved only along the table of moves."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns.enrollment.message import (
    MOVES,
    Message,
    MessageKind,
    MessageState,
    claim_due,
    intend,
    move,
    recover,
    schedule,
    settle,
)
from campaigns.house import House
from tests.factories import NOW, ask_ana

LATER = NOW + timedelta(minutes=2)


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


def test_only_what_is_due_is_claimed_and_only_once(session: Session, house: House) -> None:
    message = ask_ana(session, house.vault)

    assert claim_due(session, "early", LATER, 10, NOW - timedelta(seconds=1)) == []
    assert claim_due(session, "first", LATER, 10, NOW) == [message.id]
    assert claim_due(session, "second", LATER, 10, NOW) == []


def test_without_the_lease_nothing_leaves(session: Session, house: House) -> None:
    message = ask_ana(session, house.vault)
    claim_due(session, "mine", LATER, 10, NOW)

    assert not intend(session, message.id, "another's", LATER, NOW)
    assert intend(session, message.id, "mine", LATER, NOW)
    assert not intend(session, message.id, "mine", LATER, NOW)


@pytest.mark.parametrize(("intended", "expected"), [(False, "scheduled"), (True, "in_doubt")])
def test_a_dead_senders_message_is_due_again_or_in_doubt(
    session: Session, house: House, intended: bool, expected: str
) -> None:
    message = ask_ana(session, house.vault)
    claim_due(session, "dead", LATER, 10, NOW)
    if intended:
        intend(session, message.id, "dead", LATER, NOW)

    recover(session, LATER + timedelta(seconds=1))

    assert state_of(session, message) == expected


def test_a_sender_that_was_only_slow_may_resolve_its_own_doubt(session: Session, house: House) -> None:
    message = ask_ana(session, house.vault)
    claim_due(session, "slow", LATER, 10, NOW)
    intend(session, message.id, "slow", LATER, NOW)
    recover(session, LATER + timedelta(seconds=1))

    assert settle(session, message.id, "slow", MessageState.SENT, LATER, sent_at=LATER)
    assert state_of(session, message) == "sent"


def test_a_slow_sender_that_heard_a_clear_no_may_say_so_after_all(session: Session, house: House) -> None:
    message = ask_ana(session, house.vault)
    claim_due(session, "slow", LATER, 10, NOW)
    intend(session, message.id, "slow", LATER, NOW)
    recover(session, LATER + timedelta(seconds=1))

    assert settle(session, message.id, "slow", MessageState.DEFERRED, LATER, due_at=LATER, intended_at=None)
    assert state_of(session, message) == "deferred"


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
