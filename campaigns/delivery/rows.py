"""The two queries that all letters of a batch are read with, and what one row of each is."""

from collections import namedtuple
from typing import Any, NamedTuple, TypeVarTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from campaigns.among import among
from campaigns.audience.contact import Contact
from campaigns.catalog.campaign import Campaign
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.states import MessageKind
from campaigns.intake.purchase import Purchase
from campaigns.merchants.look import Look, worn
from campaigns.merchants.merchant import Merchant

Columns = TypeVarTuple("Columns")
Invitation = aliased(Message)


def joined(query: Select[*Columns]) -> Select[*Columns]:
    """Lead a query on messages to all that their letters hang on; contact and invitation may be missing."""
    return (
        query.join(Enrollment, Enrollment.id == Message.enrollment_id)
        .join(Campaign, Campaign.id == Enrollment.campaign_id)
        .join(Purchase, Purchase.id == Enrollment.purchase_id)
        .outerjoin(Contact, Contact.id == Enrollment.contact_id)
        .outerjoin(
            Invitation,
            (Message.kind == MessageKind.REMINDER)
            & (Invitation.enrollment_id == Message.enrollment_id)
            & (Invitation.kind == MessageKind.INVITATION),
        )
    )


ROWS = joined(
    select(
        *(Message.id, Message.kind, Message.attempts, Message.merchant_id, Message.enrollment_id),
        *(Message.state, Message.lease),
        *(Enrollment.campaign_id, Enrollment.version_id, Enrollment.planned_at, Enrollment.closes_at),
        *(Enrollment.locale, Enrollment.timezone, Enrollment.is_held_out, Enrollment.may_remind),
        *(Enrollment.stopped_at, Enrollment.stop_reason, Campaign.state.label("campaign_state")),
        *(Purchase.store_id, Purchase.order_id, Purchase.items, Purchase.refunds, Purchase.is_refunded_in_full),
        *(Purchase.total, Purchase.currency, Purchase.placed_at, Purchase.paid_at),
        *(Purchase.is_test, Purchase.cancelled_at),
        *(Enrollment.contact_id, Contact.email, Contact.first_name, Contact.last_name, Contact.fingerprint),
        *(Invitation.id.label("invitation_id"), Invitation.state.label("invitation_state")),
    )
).where(among(Message.id, "ids"))


class Sender(NamedTuple):
    """What a letter says of its merchant."""

    id: int
    name: str
    from_address: str
    reply_to: str
    postal_address: str
    locale: str
    timezone: str
    is_active: bool
    logo_url: str
    accent: str
    second: str
    font: str
    tone: str
    signature: str

    @property
    def look(self) -> Look:
        return worn(self.logo_url, self.accent, self.second, self.font, self.tone, self.signature)


SENDERS = select(*(getattr(Merchant, name) for name in Sender._fields)).where(among(Merchant.id, "ids"))
Facts = Any  # one of the rows below
Row = namedtuple("Row", ROWS.selected_columns.keys())  # type: ignore[misc]  # read by name ten times as fast
