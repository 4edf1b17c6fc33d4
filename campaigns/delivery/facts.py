"""Reads what a letter is decided on and written from: one query for its rows, and one for each question beside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact
from campaigns.audience.suppression import suppression_of
from campaigns.catalog.campaign import Campaign
from campaigns.catalog.definition import Definition
from campaigns.catalog.version import get_version
from campaigns.clock import first_zone
from campaigns.composition.letter import LetterFacts
from campaigns.delivery.permission import Standing, expiry
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.facts import last_letter_to
from campaigns.enrollment.message import Message, MessageKind, MessageState, messages_of
from campaigns.errors import RenderingError
from campaigns.intake.purchase import Purchase
from campaigns.intake.receipt import stop_is_waiting
from campaigns.languages import choose
from campaigns.merchants.merchant import Merchant


@dataclass(frozen=True, slots=True)
class Dossier:
    """The rows a letter hangs on, as one transaction saw them."""

    message: Message
    enrollment: Enrollment
    merchant: Merchant
    campaign: Campaign
    purchase: Purchase
    contact: Contact | None
    invitation: Message | None  # of a reminder: the letter it follows
    definition: Definition

    @property
    def kind(self) -> MessageKind:
        return MessageKind(self.message.kind)

    @property
    def zone(self) -> str:
        return first_zone(self.enrollment.timezone, self.merchant.timezone)

    @property
    def expires_at(self) -> datetime | None:
        return expiry(self.kind, self.enrollment.planned_at, self.enrollment.closes_at)


class Archive:
    """Finds dossiers. Versions never change, so each is read and parsed once."""

    def __init__(self) -> None:
        self._definitions: dict[int, Definition] = {}

    def find(self, session: Session, message_id: int) -> Dossier:
        rows = session.execute(
            select(Message, Enrollment, Merchant, Campaign, Purchase, Contact)
            .join(Enrollment, Enrollment.id == Message.enrollment_id)
            .join(Merchant, Merchant.id == Message.merchant_id)
            .join(Campaign, Campaign.id == Enrollment.campaign_id)
            .join(Purchase, Purchase.id == Enrollment.purchase_id)
            .outerjoin(Contact, Contact.id == Enrollment.contact_id)
            .where(Message.id == message_id)
        )
        message, enrollment, merchant, campaign, purchase, contact = rows.one()
        definition = self._definition(session, enrollment.version_id)
        invitation = _invitation_before(session, message)
        return Dossier(message, enrollment, merchant, campaign, purchase, contact, invitation, definition)

    def _definition(self, session: Session, version_id: int) -> Definition:
        if version_id not in self._definitions:
            self._definitions[version_id] = get_version(session, version_id).definition
        return self._definitions[version_id]


def standing_of(session: Session, dossier: Dossier) -> Standing:
    """Return what the permission for a letter is decided on."""
    enrollment, purchase, contact = dossier.enrollment, dossier.purchase, dossier.contact
    merchant, invitation = dossier.merchant, dossier.invitation
    return Standing(
        kind=dossier.kind,
        is_stopped=enrollment.stopped_at is not None,
        stop_reason=enrollment.stop_reason,
        has_address=contact is not None and contact.email is not None,
        suppression=suppression_of(session, merchant.id, contact.fingerprint) if contact else None,
        is_test=purchase.is_test,
        is_cancelled=purchase.cancelled_at is not None,
        is_refunded=purchase.is_refunded,
        stop_is_waiting=stop_is_waiting(session, purchase.store_id, purchase.order_id),
        is_active=merchant.is_active,
        is_paused=dossier.campaign.is_paused,
        planned_at=enrollment.planned_at,
        closes_at=enrollment.closes_at,
        invitation=MessageState(invitation.state) if invitation else None,
        is_held_out=enrollment.is_held_out or not enrollment.may_remind,
        last_letter_at=last_letter_to(session, contact.id, but=enrollment.id) if contact else None,
        cooldown=dossier.definition.cooldown,
        hours=dossier.definition.hours,
        zone=dossier.zone,
    )


def letter_facts(dossier: Dossier, now: datetime) -> LetterFacts:
    """Return what a letter is written from; raises RenderingError where there is nobody to write to."""
    enrollment, merchant, purchase, contact = dossier.enrollment, dossier.merchant, dossier.purchase, dossier.contact
    if contact is None or contact.email is None or enrollment.closes_at is None:
        raise RenderingError("There is nobody to write this letter to.")
    return LetterFacts(
        message_id=dossier.message.id,
        kind=dossier.kind,
        merchant_id=merchant.id,
        campaign_id=enrollment.campaign_id,
        version_id=enrollment.version_id,
        definition=dossier.definition,
        merchant_name=merchant.name,
        from_address=merchant.from_address,
        reply_to=merchant.reply_to,
        postal_address=merchant.postal_address,
        accent=merchant.accent,
        to_address=contact.email,
        first_name=contact.first_name,
        last_name=contact.last_name,
        locale=choose(enrollment.locale, merchant.locale),
        timezone=dossier.zone,
        order_id=purchase.order_id,
        items=tuple(purchase.kept_items),
        total=purchase.total,
        currency=purchase.currency,
        purchased_at=purchase.placed_at or purchase.paid_at,
        closes_at=enrollment.closes_at,
        invitation_id=dossier.invitation.id if dossier.invitation else None,
        now=now,
    )


def _invitation_before(session: Session, message: Message) -> Message | None:
    if message.kind != MessageKind.REMINDER:
        return None
    others = messages_of(session, [message.enrollment_id])
    return next((other for other in others if other.kind == MessageKind.INVITATION), None)
