"""A message moves only along the table: late, repeated and reordered events change nothing and say so."""

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from campaigns.enrollment.message import Message, move
from campaigns.enrollment.sending import Claim, claim_due, settle
from campaigns.enrollment.states import MOVES, PENDING
from campaigns.enrollment.states import MessageState as S
from campaigns.house import House
from tests.delivery.stage import ask, the_message

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)


@given(path=st.lists(st.sampled_from(list(S)), max_size=12))
def test_once_a_letter_may_have_left_no_path_leads_back_to_sending(path: list[S]) -> None:
    for start in (S.SENT, S.IN_DOUBT):
        state = start
        for step in path:
            state = step if step in MOVES[state] else state
        assert state not in PENDING | {S.SENDING, S.CANCELLED}


def test_every_state_has_its_moves_and_the_ends_have_none() -> None:
    assert set(MOVES) == set(S)
    assert {state for state in S if not MOVES[state]} == {S.BOUNCED, S.COMPLAINED, S.FAILED}


def test_only_what_is_cancelled_may_be_planned_again() -> None:
    assert {state for state in S if S.SCHEDULED in MOVES[state]} == {S.SENDING, S.CANCELLED}


def test_news_moves_a_message_along_the_table_or_not_at_all(house: House) -> None:
    with house.database.transaction() as session:
        message_id = ask(session, house.vault)[0]

    for old, new in product(S, S):
        with house.database.transaction() as session:
            session.execute(update(Message).values(state=old.value))
            moved = move(session, message_id, new, NOW)
        assert moved == (new in MOVES[old] and old is not S.SENDING), f"{old} to {new}"
        assert the_message(house.database, message_id).state == (new if moved else old)


def test_an_event_told_twice_is_told_once(house: House) -> None:
    with house.database.transaction() as session:
        message_id = ask(session, house.vault)[0]
        merchant_id = session.get_one(Message, message_id).merchant_id
        claim_due(session, merchant_id, Claim("me", LATER), 10, NOW)
        assert settle(session, [message_id], "me", S.SENT, NOW) == [message_id]
        assert settle(session, [message_id], "me", S.SENT, NOW) == []
        assert move(session, message_id, S.BOUNCED, NOW)
        assert not move(session, message_id, S.DELIVERED, NOW)

    assert the_message(house.database, message_id).state == S.BOUNCED
