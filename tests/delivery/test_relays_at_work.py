"""Relays share letters and stand in for each other, and no letter becomes two on its way from one to another."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.composition.press import Press
from campaigns.delivery.relay import HOUSE, Relay, add_relay, set_active
from campaigns.enrollment.enrollment import Enrollment, stop
from campaigns.enrollment.message import Message
from campaigns.enrollment.states import MessageState as S
from campaigns.errors import InDoubt, ServerUnavailable, TryLater
from campaigns.house import House
from campaigns.merchants.dkim_key import KeyName, create_key
from campaigns.merchants.key_pair import Algorithm
from campaigns.merchants.merchant import Merchant
from tests.delivery.stage import Clock, Outbox, all_messages, ask, shift, states, the_message
from tests.factories import (
    NOW,
    make_campaign,
    make_contact,
    make_enrollment,
    make_merchant,
    make_message,
    make_purchase,
    make_store,
)


def own_relay(session: Session, house: House, name: str, **values: Any) -> int:
    merchant_id = session.scalars(select(Merchant.id)).one()
    row = Relay(merchant_id=merchant_id, name=name, created_at=NOW, **values)
    return add_relay(session, house.vault, row, f"smtp://{name}.example:2525").id


@pytest.fixture
def relays(house: House) -> tuple[int, int]:
    """Thirty letters of a merchant with a relay and another to stand in for it."""
    with house.database.transaction() as session:
        ask(session, house.vault, 30)
        return own_relay(session, house, "first"), own_relay(session, house, "second", tier=1)


def invitations(house: House) -> list[Message]:
    return [message for message in all_messages(house.database) if message.kind == "invitation"]


def test_while_the_first_relay_is_well_it_takes_everything(house: House, relays: tuple[int, int]) -> None:
    outbox = Outbox()

    shift(house, outbox).work()

    assert Counter(outbox.taken_by) == {relays[0]: 30}
    assert {message.relay_id for message in invitations(house)} == {relays[0]}


def test_where_the_first_is_away_the_second_takes_each_letter_once(house: House, relays: tuple[int, int]) -> None:
    outbox = Outbox(troubles={relays[0]: ServerUnavailable()})

    shift(house, outbox).work()

    assert Counter(outbox.taken_by) == {relays[1]: 30}
    assert len(set(outbox.sent)) == 30
    assert {(message.state, message.attempts) for message in invitations(house)} == {(S.SENT, 1)}


def test_a_relay_that_falls_ill_in_the_middle_costs_no_letter_and_doubles_none(
    house: House, relays: tuple[int, int]
) -> None:
    outbox = Outbox()

    def fall_ill() -> None:
        if len(outbox.letters) == 10:
            outbox.troubles[relays[0]] = ServerUnavailable()

    outbox.before = fall_ill
    shift(house, outbox).work()

    assert Counter(outbox.taken_by) == {relays[0]: 10, relays[1]: 20}
    assert len(set(outbox.sent)) == 30


def test_a_letter_called_back_while_its_relay_falls_ill_goes_nowhere(house: House, relays: tuple[int, int]) -> None:
    outbox = Outbox()
    called_back = invitations(house)[12]

    def trouble() -> None:
        if len(outbox.letters) == 10 and not outbox.troubles:
            outbox.troubles[relays[0]] = ServerUnavailable()
            with house.database.transaction() as session:
                enrollment = session.get_one(Enrollment, called_back.enrollment_id)
                stop(session, enrollment, "answered", NOW)

    outbox.before = trouble
    shift(house, outbox).work()

    assert len(set(outbox.sent)) == len(outbox.sent) == 29
    assert the_message(house.database, called_back.id).state == S.CANCELLED


def test_a_letter_in_doubt_at_one_relay_is_not_offered_to_the_other(house: House, relays: tuple[int, int]) -> None:
    outbox = Outbox(outcomes=[InDoubt()])
    outbox.after = lambda: outbox.troubles.update({relays[0]: ServerUnavailable()})

    shift(house, outbox).work()

    assert Counter(message.state for message in invitations(house)) == {S.IN_DOUBT: 1, S.SENT: 29}
    assert len(set(outbox.sent)) == 29


def test_a_letter_that_one_relay_deferred_waits_and_goes_to_either(house: House, relays: tuple[int, int]) -> None:
    outbox, clock = Outbox(outcomes=[TryLater(code=451)]), Clock()

    shift(house, outbox, clock).work()
    clock.pass_by(hours=1)
    shift(house, outbox, clock).work()

    assert len(outbox.sent) == len(set(outbox.sent)) == 30


def test_with_all_relays_away_the_letters_wait_and_no_try_is_counted(house: House, relays: tuple[int, int]) -> None:
    outbox = Outbox(troubles=dict.fromkeys(relays, ServerUnavailable()))

    shift(house, outbox).work()

    assert outbox.sent == []
    assert {(message.attempts, message.lease) for message in invitations(house)} == {(0, None)}
    assert set(states(house)) <= {S.SCHEDULED, S.DEFERRED}
    assert all(message.due_at <= NOW + timedelta(minutes=1) for message in invitations(house))


def test_a_merchant_with_relays_of_its_own_never_borrows_the_houses(house: House, relays: tuple[int, int]) -> None:
    with house.database.transaction() as session:
        for relay in session.scalars(select(Relay)):
            set_active(session, relay, False)
    outbox = Outbox()

    shift(house, outbox).work()

    assert outbox.sent == []
    assert HOUSE not in outbox.lanes
    assert set(states(house)) == {S.SCHEDULED}


def test_relays_of_one_tier_share_the_letters_by_weight(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 30)
        heavy, light = own_relay(session, house, "heavy", weight=1000), own_relay(session, house, "light")
    outbox = Outbox()

    shift(house, outbox).work()

    assert len(set(outbox.sent)) == 30
    assert outbox.taken_by.count(heavy) > outbox.taken_by.count(light)


def test_one_merchants_sick_relay_does_not_hold_up_another_merchant(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 5)
        sick = own_relay(session, house, "sick")
        other = make_merchant(session, name="Quay Lamps")
        store = make_store(session, house.vault, other)
        version = make_campaign(session, other)
        purchase = make_purchase(session, store, make_contact(session, other, "ben@example.com"))
        theirs = make_message(session, make_enrollment(session, purchase, version)).id
    outbox = Outbox(troubles={sick: ServerUnavailable()})

    shift(house, outbox).work()

    assert [letter.key for letter in outbox.letters] == [theirs]


@pytest.mark.parametrize(("signs", "expected"), [(False, 2), (True, 0)])
def test_we_sign_with_every_key_unless_the_relay_does(house: House, signs: bool, expected: int) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault)
        own_relay(session, house, "first", signs=signs)
        merchant_id = session.scalars(select(Merchant.id)).one()
        for selector, algorithm in (("a1", Algorithm.RSA), ("a2", Algorithm.ED25519)):
            name = KeyName(merchant_id=merchant_id, domain="harbour.example", selector=selector)
            create_key(session, house.vault, name, algorithm, NOW)
    outbox = Outbox()

    shift(house, outbox, compose=Press(house.links).letter).work()

    assert outbox.letters[0].data.count(b"DKIM-Signature: ") == expected


def test_a_key_that_cannot_be_opened_holds_its_merchants_letters(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 2)
        merchant_id = session.scalars(select(Merchant.id)).one()
        name = KeyName(merchant_id=merchant_id, domain="harbour.example", selector="a1")
        create_key(session, house.vault, name, Algorithm.ED25519, NOW).sealed_key = "rubbish"
    outbox = Outbox()

    shift(house, outbox).work()

    assert outbox.sent == []
    assert set(states(house)) == {S.SCHEDULED}
    assert f"merchant {merchant_id}: letters wait" in caplog.text


def test_a_provider_that_bears_few_letters_gets_few_and_the_others_wait_their_turn(house: House) -> None:
    object.__setattr__(house, "settings", replace(house.settings, domain_pace={"example.com": 1.0}))
    with house.database.transaction() as session:
        ask(session, house.vault, 6)
    outbox, clock = Outbox(), Clock()

    shift(house, outbox, clock).work()

    waiting = [message for message in invitations(house) if message.state == S.DEFERRED]
    assert 1 <= len(outbox.sent) <= 3
    assert len(waiting) == 6 - len(outbox.sent)
    assert {message.attempts for message in waiting} == {0}
    assert len({message.due_at for message in waiting}) == len(waiting)
