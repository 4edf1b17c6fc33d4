"""A message is claimed by one lease, settled by that lease alone, and let go only as its holder may."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from campaigns.enrollment.message import Message
from campaigns.enrollment.sending import Claim, abandoned, claim_due, let_go, merchants_with_due, put_off, renew, settle
from campaigns.enrollment.states import MessageState as S
from campaigns.house import House
from tests.delivery.stage import ask
from tests.factories import NOW, ask_ana

LATER = NOW + timedelta(minutes=2)
MINE, YOURS = Claim("mine", LATER), Claim("yours", LATER)


def state_of(session: Session, message_id: int) -> str:
    return session.scalars(select(Message.state).where(Message.id == message_id)).one()


def lease_of(session: Session, message_id: int) -> str | None:
    return session.scalars(select(Message.lease).where(Message.id == message_id)).one()


def test_only_what_is_due_is_claimed_and_only_once(session: Session, house: House) -> None:
    message = ask_ana(session, house.vault)
    merchant = message.merchant_id

    assert claim_due(session, merchant, YOURS, 10, NOW - timedelta(seconds=1)) == []
    assert claim_due(session, merchant + 1, YOURS, 10, NOW) == []
    assert claim_due(session, merchant, MINE, 10, NOW) == [message.id]
    assert claim_due(session, merchant, YOURS, 10, NOW) == []


def test_the_longest_due_come_first(session: Session, house: House) -> None:
    ids = ask(session, house.vault, 4)
    for minutes, message_id in enumerate(ids):
        earlier = {"due_at": NOW - timedelta(minutes=minutes)}
        session.execute(update(Message).where(Message.id == message_id).values(earlier))
    merchant = session.scalars(select(Message.merchant_id)).first() or 0

    assert claim_due(session, merchant, MINE, 2, NOW) == [ids[3], ids[2]]
    assert claim_due(session, merchant, MINE, 9, NOW) == [ids[1], ids[0]]


def test_only_the_holder_settles_and_only_once(session: Session, house: House) -> None:
    message = ask_ana(session, house.vault)
    claim_due(session, message.merchant_id, MINE, 10, NOW)

    assert settle(session, [message.id], "yours", S.SENT, NOW) == []
    assert settle(session, [message.id], "mine", S.DELIVERED, NOW) == []
    assert settle(session, [message.id], "mine", S.SENT, NOW, sent_at=NOW) == [message.id]
    assert settle(session, [message.id], "mine", S.FAILED, NOW) == []
    assert (state_of(session, message.id), lease_of(session, message.id)) == (S.SENT, None)


@pytest.mark.parametrize("known", [S.SENT, S.DEFERRED, S.FAILED])
def test_a_holder_that_was_given_up_may_still_say_what_it_knows(session: Session, house: House, known: S) -> None:
    message = ask_ana(session, house.vault)
    claim_due(session, message.merchant_id, MINE, 10, NOW)

    assert abandoned(session, LATER) == []
    assert abandoned(session, LATER + timedelta(seconds=1)) == ["mine"]
    assert let_go(session, "mine", S.IN_DOUBT, NOW) == 1
    assert state_of(session, message.id) == S.IN_DOUBT
    assert abandoned(session, LATER + timedelta(days=1)) == []
    assert settle(session, [message.id], "mine", known, NOW) == [message.id]
    assert state_of(session, message.id) == known


def test_doubt_that_a_holder_itself_has_is_final_for_its_lease(session: Session, house: House) -> None:
    message = ask_ana(session, house.vault)
    claim_due(session, message.merchant_id, MINE, 10, NOW)

    assert settle(session, [message.id], "mine", S.IN_DOUBT, NOW) == [message.id]
    assert let_go(session, "mine", S.SCHEDULED, NOW) == 0
    assert state_of(session, message.id) == S.IN_DOUBT
    assert session.scalars(select(Message.intended_at)).one() == NOW  # the cooldown counts from there


def test_what_is_let_go_is_due_as_before(session: Session, house: House) -> None:
    message = ask_ana(session, house.vault)
    claim_due(session, message.merchant_id, MINE, 10, NOW)

    assert let_go(session, "yours", S.SCHEDULED, NOW) == 0
    assert let_go(session, "mine", S.SCHEDULED, NOW, but=[message.id]) == 0
    assert let_go(session, "mine", S.SCHEDULED, NOW) == 1
    assert claim_due(session, message.merchant_id, YOURS, 10, NOW) == [message.id]


def test_letters_are_put_off_each_until_its_own_time(session: Session, house: House) -> None:
    ids = ask(session, house.vault, 3)
    merchant = session.scalars(select(Message.merchant_id)).first() or 0
    claim_due(session, merchant, MINE, 2, NOW)
    dues = {message_id: NOW + timedelta(minutes=message_id) for message_id in ids}

    put_off(session, dues, "mine", S.DEFERRED, NOW, reply_code=451)
    put_off(session, {}, "mine", S.DEFERRED, NOW)

    rows = session.execute(select(Message.state, Message.due_at, Message.reply_code).order_by(Message.id)).all()
    assert [tuple(row) for row in rows[:2]] == [(S.DEFERRED, dues[each], 451) for each in ids[:2]]
    assert tuple(rows[2]) == (S.SCHEDULED, NOW, None)


def test_a_renewed_lease_runs_on(session: Session, house: House) -> None:
    message = ask_ana(session, house.vault)
    claim_due(session, message.merchant_id, MINE, 10, NOW)

    renew(session, Claim("mine", LATER + timedelta(minutes=5)), NOW)

    assert abandoned(session, LATER + timedelta(minutes=1)) == []


def test_exactly_the_merchants_with_letters_due_are_found(session: Session, house: House) -> None:
    changes: list[dict[str, object]] = [
        {"due_at": NOW},
        {"due_at": NOW + timedelta(seconds=1)},
        {"state": "deferred", "due_at": NOW - timedelta(days=1)},
        {"state": "sending", "lease": "mine"},
        {"state": "sent"},
        {"state": "cancelled"},
        {"due_at": NOW - timedelta(days=400)},
    ]
    merchants = []
    for values in changes:
        message = ask_ana(session, house.vault)
        session.execute(update(Message).where(Message.id == message.id).values(values))
        merchants.append(message.merchant_id)

    assert merchants_with_due(session, NOW) == [merchants[0], merchants[2], merchants[6]]


def test_where_nothing_is_due_nobody_is_found(session: Session) -> None:
    assert merchants_with_due(session, NOW) == []


def test_a_claim_looks_only_at_what_is_due(session: Session, house: House) -> None:
    """Its cost must not grow with what was sent long ago: both databases use the index of the due."""
    message = ask_ana(session, house.vault)
    due = f"merchant_id = {message.merchant_id} AND state IN ('scheduled', 'deferred') AND due_at <= '2026-11-21'"
    query = f"SELECT id FROM message WHERE {due} ORDER BY due_at LIMIT 9"
    explain = "EXPLAIN"
    if session.get_bind().dialect.name == "sqlite":
        explain = "EXPLAIN QUERY PLAN"
    else:
        session.execute(text("SET LOCAL enable_seqscan = off"))

    shown = " ".join(str(row) for row in session.execute(text(f"{explain} {query}")))

    assert "ix_message_due_of" in shown


def test_a_claim_takes_no_more_than_it_asks_for_whatever_the_database_plans(session: Session, house: House) -> None:
    """PostgreSQL may run a subquery again for each row, and each time it would find others to lock."""
    ask(session, house.vault, 40)
    merchant = session.scalars(select(Message.merchant_id)).first() or 0
    if session.get_bind().dialect.name == "postgresql":
        for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "indexscan", "bitmapscan"):
            session.execute(text(f"SET LOCAL enable_{way} = off"))

    assert len(claim_due(session, merchant, MINE, 5, NOW)) == 5
