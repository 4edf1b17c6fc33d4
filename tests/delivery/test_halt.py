"""A halt holds one merchant or everybody, once, and says so until it is lifted."""

from datetime import timedelta

from sqlalchemy.orm import Session

from campaigns.delivery.halt import EVERYBODY, halt, halted_among, halts, lift
from tests.factories import NOW


def test_a_merchant_is_held_alone(session: Session) -> None:
    assert halt(session, 7, "wrong prices", NOW)

    assert halted_among(session, {7}) == {7}
    assert halted_among(session, {8}) == set()
    assert halted_among(session, {7, 8}) == {7}
    assert halted_among(session, set()) == set()


def test_a_halt_of_everybody_holds_every_merchant(session: Session) -> None:
    halt(session, EVERYBODY, "", NOW)

    assert halted_among(session, {7}) == {7}
    assert halted_among(session, {7, 8}) == {7, 8}


def test_lifting_one_halt_leaves_the_other(session: Session) -> None:
    halt(session, EVERYBODY, "", NOW)
    halt(session, 7, "", NOW)

    assert lift(session, EVERYBODY)
    assert halted_among(session, {7, 8}) == {7}
    assert lift(session, 7)
    assert halted_among(session, {7, 8}) == set()


def test_halting_twice_keeps_the_first_reason_and_lifting_twice_says_so(session: Session) -> None:
    assert halt(session, 7, "first", NOW)
    assert not halt(session, 7, "second", NOW + timedelta(minutes=1))

    assert [(each.reason, each.since) for each in halts(session)] == [("first", NOW)]
    assert lift(session, 7)
    assert not lift(session, 7)
    assert halted_among(session, {7}) == set()


def test_the_halt_of_everybody_is_named_first(session: Session) -> None:
    for merchant_id in (9, EVERYBODY, 7):
        halt(session, merchant_id, "", NOW)

    assert [each.merchant_id for each in halts(session)] == [EVERYBODY, 7, 9]
