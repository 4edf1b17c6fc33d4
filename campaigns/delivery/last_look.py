"""The last look at a letter, right before the server hears of it: cheap for what is spotless, whole for all else."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import String, bindparam, cast, exists, or_, select
from sqlalchemy.orm import Session

from campaigns.among import among
from campaigns.audience.contact import Contact
from campaigns.audience.suppression import Suppression
from campaigns.catalog.campaign import Campaign, CampaignState
from campaigns.delivery.facts import Archive, Dossier
from campaigns.delivery.halt import EVERYBODY, Halt
from campaigns.delivery.permission import INVITED, Permission, Send, decide
from campaigns.delivery.rows import Invitation, joined
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.states import MessageKind, MessageState
from campaigns.intake.purchase import Purchase
from campaigns.intake.receipt import WAITING, Receipt
from campaigns.intake.stops import STOPS
from campaigns.merchants.merchant import Merchant

NOTHING_REFUNDED = "{}"
_is_suppressed = exists().where(
    Suppression.merchant_id == Message.merchant_id, Suppression.fingerprint == Contact.fingerprint
)
_stop_is_waiting = exists().where(
    Receipt.store_id == Purchase.store_id, Receipt.order_id == Purchase.order_id, WAITING, Receipt.event_kind.in_(STOPS)
)
_is_halted = exists().where(Halt.merchant_id.in_([EVERYBODY, Message.merchant_id]))
# A sieve, not the rule: what passes, `decide` would let go (a property test holds the two together).
SPOTLESS = (
    joined(select(Message.id))
    .join(Merchant, Merchant.id == Message.merchant_id)
    .where(
        among(Message.id, "ids"),
        Message.lease == bindparam("holder"),
        Message.state == MessageState.SENDING,
        Enrollment.stopped_at.is_(None),
        Merchant.is_active,
        Campaign.state == CampaignState.ACTIVE,
        Purchase.cancelled_at.is_(None),
        Purchase.is_refunded_in_full.is_(False),
        cast(Purchase.refunds, String) == NOTHING_REFUNDED,
        Contact.email.is_not(None),
        or_(Message.kind == MessageKind.INVITATION, Invitation.state.in_(INVITED)),
        ~_is_suppressed,
        ~_stop_is_waiting,
        ~_is_halted,
    )
)
Withheld = tuple[Dossier, Permission]


def look_again(
    session: Session, archive: Archive, message_ids: Collection[int], lease: str, now: datetime
) -> tuple[set[int], list[Withheld]]:
    """Return which of these letters may still leave, and the others with what is to become of them.

    A letter that this lease has lost is in neither: it is no longer ours to speak of.
    """
    spotless = set(session.connection().scalars(SPOTLESS, {"ids": message_ids, "holder": lease}).all())
    doubtful = [message_id for message_id in message_ids if message_id not in spotless]
    withheld: list[Withheld] = []
    for dossier in archive.gather(session, doubtful).values() if doubtful else ():
        permission = decide(dossier.standing, now)
        if dossier.row.state != MessageState.SENDING or dossier.row.lease != lease:
            continue
        if isinstance(permission, Send):
            spotless.add(dossier.id)
        else:
            withheld.append((dossier, permission))
    return spotless, withheld
