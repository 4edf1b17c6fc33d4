"""What is accepted before a letter is handed over stops it, or holds it for as long as it must."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact, erase_contact
from campaigns.audience.suppression import SuppressionReason, suppress
from campaigns.catalog.campaign import Campaign, CampaignState, set_state
from campaigns.delivery.halt import EVERYBODY, halt
from campaigns.enrollment.enrollment import Enrollment, stop
from campaigns.enrollment.message import cancel_pending
from campaigns.enrollment.states import MessageKind
from campaigns.enrollment.states import MessageState as S
from campaigns.house import House
from campaigns.intake.event import EventKind
from campaigns.intake.purchase import Purchase
from campaigns.intake.receipt import Delivery, Receipt, Received, keep_all, mark_done
from campaigns.merchants.merchant import Merchant
from tests.delivery.stage import Clock, Outbox, all_messages, shift, the_message
from tests.factories import NOW


def answered(session: Session) -> None:
    enrollment = session.scalars(select(Enrollment)).one()
    stop(session, enrollment, "answered", NOW)
    cancel_pending(session, enrollment.id, "answered", NOW)


def unsubscribed(session: Session) -> None:
    contact = session.scalars(select(Contact)).one()
    suppress(session, contact.merchant_id, contact.fingerprint, SuppressionReason.UNSUBSCRIBED, NOW)


def erased(session: Session) -> None:
    erase_contact(session, session.scalars(select(Contact)).one(), NOW)


def order_cancelled(session: Session) -> None:
    session.scalars(select(Purchase)).one().cancelled_at = NOW


def order_refunded(session: Session) -> None:
    session.scalars(select(Purchase)).one().is_refunded_in_full = True


def all_items_came_back(session: Session) -> None:
    session.scalars(select(Purchase)).one().refunds = {"r1": {"li_1": None}}


CHANGES: list[tuple[Callable[[Session], None], str]] = [
    (answered, "answered"),
    (unsubscribed, "unsubscribed"),
    (erased, "no_address"),
    (order_cancelled, "cancelled"),
    (order_refunded, "refunded"),
    (all_items_came_back, "refunded"),
]


@pytest.mark.parametrize(("change", "reason"), CHANGES, ids=[reason for _, reason in CHANGES])
@pytest.mark.parametrize("is_reminder", [False, True], ids=["invitation", "reminder"])
def test_what_is_accepted_before_the_letter_is_handed_over_stops_it(
    house: House, message_id: int, change: Callable[[Session], None], reason: str, is_reminder: bool
) -> None:
    clock = Clock()
    if is_reminder:
        shift(house, Outbox(), clock).work()
        clock.pass_by(days=5, hours=1)

    def accept() -> None:
        with house.database.transaction() as session:
            change(session)

    outbox = Outbox(before=accept)
    shift(house, outbox, clock).work()

    last = all_messages(house.database)[-1]
    assert outbox.sent == []
    assert (last.state, last.reason, last.lease) == (S.CANCELLED, reason, None)
    assert last.kind == (MessageKind.REMINDER if is_reminder else MessageKind.INVITATION)


def pause(session: Session) -> None:
    set_state(session, session.scalars(select(Campaign)).one(), CampaignState.PAUSED)


def switch_off(session: Session) -> None:
    session.scalars(select(Merchant)).one().is_active = False


def halt_merchant(session: Session) -> None:
    halt(session, session.scalars(select(Merchant.id)).one(), "a mistake in the template", NOW)


def halt_everybody(session: Session) -> None:
    halt(session, EVERYBODY, "", NOW)


def refund_arrives(session: Session) -> None:
    purchase = session.scalars(select(Purchase)).one()
    webhook = Delivery(
        delivery_id="d1", topic="refund", headers={}, body=b"{}", order_id=purchase.order_id, kind=EventKind.REFUNDED
    )
    keep_all(session, [Received(purchase.store_id, webhook, NOW)])


@pytest.mark.parametrize("change", [pause, switch_off, refund_arrives, halt_merchant, halt_everybody])
def test_a_letter_is_held_without_a_try_counted(
    house: House, message_id: int, change: Callable[[Session], None]
) -> None:
    def accept() -> None:
        with house.database.transaction() as session:
            change(session)

    outbox, clock = Outbox(before=accept), Clock()
    shift(house, outbox, clock).work()
    outbox.before = lambda: None
    clock.pass_by(minutes=2)
    shift(house, outbox, clock).work()

    message = the_message(house.database, message_id)
    assert outbox.sent == []
    assert (message.state, message.attempts, message.lease) == (S.SCHEDULED, 0, None)
    assert message.due_at == clock.now + timedelta(minutes=1)


def test_a_refund_that_turns_out_partial_lets_the_letter_go(house: House, message_id: int) -> None:
    outbox, clock = Outbox(), Clock()
    with house.database.transaction() as session:
        refund_arrives(session)
    shift(house, outbox, clock).work()
    with house.database.transaction() as session:
        mark_done(session.scalars(select(Receipt)).one(), NOW)

    clock.pass_by(minutes=2)
    shift(house, outbox, clock).work()

    assert len(outbox.sent) == 1


def test_a_late_sender_waits_for_the_recipients_morning(house: House, message_id: int) -> None:
    outbox, clock = Outbox(), Clock(datetime(2026, 11, 21, 22, 30, tzinfo=UTC))

    shift(house, outbox, clock).work()
    held = the_message(house.database, message_id)
    clock.now = held.due_at
    shift(house, outbox, clock).work()

    assert held.due_at == datetime(2026, 11, 22, 8, 0, tzinfo=UTC)  # nine in Madrid
    assert len(outbox.sent) == 1


def test_a_letter_a_week_late_does_not_leave(house: House, message_id: int) -> None:
    outbox = Outbox()

    shift(house, outbox, Clock(NOW + timedelta(days=7))).work()

    message = the_message(house.database, message_id)
    assert outbox.sent == []
    assert (message.state, message.reason) == (S.CANCELLED, "too_old")
