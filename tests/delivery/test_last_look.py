"""The last look lets through exactly what the rule lets through, however cheap it is for most."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact, erase_contact
from campaigns.audience.suppression import SuppressionReason, suppress
from campaigns.catalog.campaign import Campaign, CampaignState
from campaigns.delivery.facts import Archive
from campaigns.delivery.halt import EVERYBODY, halt
from campaigns.delivery.last_look import look_again
from campaigns.delivery.permission import Send, decide
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.sending import Claim, claim_due
from campaigns.enrollment.states import MessageKind, MessageState
from campaigns.house import House
from campaigns.intake.event import EventKind
from campaigns.intake.purchase import Purchase
from campaigns.intake.receipt import Delivery, Received, keep_all
from campaigns.merchants.merchant import Merchant
from tests.delivery.stage import ask
from tests.factories import ITEMS, NOW, make_message

LATER = NOW + timedelta(minutes=2)
Change = Callable[[Session], object]


def webhook(kind: EventKind, order_id: str) -> Delivery:
    return Delivery(delivery_id=f"d{kind}", topic="x", headers={}, body=b"{}", order_id=order_id, kind=kind)


def receive(session: Session, kind: EventKind, order_id: str | None = None) -> None:
    purchase = session.scalars(select(Purchase).order_by(Purchase.id)).first()
    assert purchase is not None
    keep_all(session, [Received(purchase.store_id, webhook(kind, order_id or purchase.order_id), NOW)])


def the_contact(session: Session) -> Contact:
    return session.scalars(select(Contact).order_by(Contact.id)).all()[0]


CHANGES: dict[str, Change] = {
    "stopped": lambda session: session.execute(update(Enrollment).values(stopped_at=NOW, stop_reason="answered")),
    "held": lambda session: session.execute(update(Enrollment).values(stopped_at=NOW, stop_reason="held")),
    "unsubscribed": lambda session: suppress(
        session, the_contact(session).merchant_id, the_contact(session).fingerprint, SuppressionReason.UNSUBSCRIBED, NOW
    ),
    "erased": lambda session: erase_contact(session, the_contact(session), NOW),
    "cancelled": lambda session: session.execute(update(Purchase).values(cancelled_at=NOW)),
    "refunded": lambda session: session.execute(update(Purchase).values(is_refunded_in_full=True)),
    "all back": lambda session: session.execute(update(Purchase).values(refunds={"r": {ITEMS[0]["id"]: None}})),
    "none back": lambda session: session.execute(update(Purchase).values(refunds={"r": {"li_9": None}})),
    "paused": lambda session: session.execute(update(Campaign).values(state=CampaignState.PAUSED.value)),
    "inactive": lambda session: session.execute(update(Merchant).values(is_active=False)),
    "halted": lambda session: halt(session, session.scalars(select(Merchant.id)).first() or 0, "", NOW),
    "all halted": lambda session: halt(session, EVERYBODY, "", NOW),
    "another halted": lambda session: halt(session, 987654, "", NOW),
    "refund waits": lambda session: receive(session, EventKind.REFUNDED),
    "payment waits": lambda session: receive(session, EventKind.PAID),
    "another's refund": lambda session: receive(session, EventKind.REFUNDED, "another order"),
    "bounced": lambda session: session.execute(
        update(Message)
        .where(Message.kind == MessageKind.INVITATION, Message.state == MessageState.SENT)
        .values(state=MessageState.BOUNCED.value)
    ),
}
HARMLESS = {"none back", "another halted", "payment waits", "another's refund"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(changes=st.sets(st.sampled_from(sorted(CHANGES)), max_size=3), is_reminder=st.booleans())
def test_it_says_what_the_rule_says(house: House, changes: set[str], is_reminder: bool) -> None:
    with house.database.transaction() as session:
        message_id = claimed(session, house, is_reminder)
        for change in sorted(changes):
            CHANGES[change](session)
        session.flush()
        dossier = Archive().gather(session, [message_id])[message_id]

        may_leave, withheld = look_again(session, Archive(), [message_id], "mine", NOW)

        expected = decide(dossier.standing, NOW)
        assert (message_id in may_leave) == isinstance(expected, Send)
        assert [(dossier.id, permission) for dossier, permission in withheld] == (
            [] if isinstance(expected, Send) else [(message_id, expected)]
        )
        if changes <= HARMLESS:
            assert may_leave == {message_id}
        session.rollback()


def claimed(session: Session, house: House, is_reminder: bool) -> int:
    message_id = ask(session, house.vault)[0]
    invitation = session.get_one(Message, message_id)
    if is_reminder:
        invitation.state, invitation.sent_at = MessageState.SENT, NOW - timedelta(days=5)
        enrollment = session.get_one(Enrollment, invitation.enrollment_id)
        message_id = make_message(session, enrollment, kind=MessageKind.REMINDER).id
    session.flush()
    assert claim_due(session, invitation.merchant_id, Claim("mine", LATER), 10, NOW) == [message_id]
    return message_id


def test_what_another_holds_is_not_ours_to_speak_of(session: Session, house: House) -> None:
    message_id = claimed(session, house, is_reminder=False)

    assert look_again(session, Archive(), [message_id], "yours", NOW) == (set(), [])
    assert look_again(session, Archive(), [message_id, 10**9], "mine", NOW) == ({message_id}, [])
