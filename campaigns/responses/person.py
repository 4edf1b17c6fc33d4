"""What a customer can do with what they told us: see it, take it back, say how often to ask, be forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.audience.asking import Asking
from campaigns.audience.contact import Contact, erase_contact, lock_contact
from campaigns.audience.suppression import SuppressionReason, suppress, suppression_of
from campaigns.catalog.version import get_version
from campaigns.delivery.inbound.inbound_mail import forget as forget_mail
from campaigns.enrollment.calling_off import choose_how_often
from campaigns.enrollment.enrollment import enrollments_of_contact, hold, stop
from campaigns.enrollment.later import Later
from campaigns.enrollment.message import cancel_pending, messages_of
from campaigns.enrollment.note import Letter, NoteKind, noted_at, take_note
from campaigns.enrollment.postponing import postpone
from campaigns.intake.purchase import forget_purchases
from campaigns.responses.answering import ANSWERED
from campaigns.responses.asked import Asked
from campaigns.responses.hit import HitKind, hits_of, take_back
from campaigns.responses.remedy import Remedy, forget_remedies, remedies_on
from campaigns.responses.response import forget_texts, withdraw_response
from campaigns.responses.sheet import without_texts

ERASED = SuppressionReason.ERASED


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a customer stands to a merchant, as far as their own page shows it."""

    asking: Asking
    suppression: SuppressionReason | None
    is_known: bool  # there is a name or an address that could be forgotten
    took_back: bool
    remedy: Remedy | None  # what was done about their answer

    @property
    def may_choose(self) -> bool:
        return self.is_known and self.suppression is None


def standing_of(session: Session, asked: Asked) -> Standing:
    contact = session.get(Contact, asked.contact_id) if asked.contact_id is not None else None
    return Standing(
        asking=Asking(contact.asking) if contact else Asking.ALWAYS,
        suppression=suppression_of(session, asked.merchant_id, contact.fingerprint) if contact else None,
        is_known=contact is not None and contact.email is not None,
        took_back=noted_at(session, asked.enrollment_id, NoteKind.WITHDRAWN) is not None,
        remedy=remedies_on(session, [asked.enrollment_id]).get(asked.enrollment_id),
    )


def withdraw(session: Session, asked: Asked, now: datetime) -> None:
    """Let an answer count no more. What comes after it counts again, and nobody is reminded to answer."""
    enrollment = hold(session, asked.enrollment_id)
    if take_back(session, asked.enrollment_id):
        withdraw_response(session, asked.enrollment_id)
        take_note(session, _letter(asked), NoteKind.WITHDRAWN, now)
        stop(session, enrollment, ANSWERED, now)
        cancel_pending(session, enrollment.id, ANSWERED, now)


def say_too_early(session: Session, asked: Asked, kind: NoteKind, now: datetime) -> Later:
    """Ask later. What was told so far was the click that led here, and is not counted as an answer."""
    enrollment = hold(session, asked.enrollment_id)
    if take_back(session, asked.enrollment_id):
        withdraw_response(session, asked.enrollment_id)
    take_note(session, _letter(asked), kind, now)
    return postpone(session, enrollment, now)


def choose(session: Session, asked: Asked, asking: Asking, now: datetime) -> None:
    if asked.contact_id is not None:
        choose_how_often(session, lock_contact(session, asked.contact_id), asking, asked.enrollment_id, now)


def forget(session: Session, contact: Contact, now: datetime, message_id: int | None = None) -> None:
    """Forget who a contact is and all they wrote, and never write to them again; the caller holds the contact.

    Ratings and choices stay, of nobody: figures that were published can still be counted again.
    """
    suppress(session, contact.merchant_id, contact.fingerprint, ERASED, now, message_id)
    enrollment_ids = [each.id for each in enrollments_of_contact(session, contact.id)]
    for enrollment_id in enrollment_ids:
        enrollment = hold(session, enrollment_id)
        stop(session, enrollment, ERASED.value, now)
        cancel_pending(session, enrollment.id, ERASED.value, now)
        survey = get_version(session, enrollment.version_id).definition.survey
        forget_texts(session, enrollment.id, survey)
        for hit in hits_of(session, [enrollment.id]):
            hit.user_agent = hit.client = ""
            hit.network = hit.facts = None  # from now on it is judged by what was found in them
            if hit.answers is not None and hit.kind != HitKind.LOOK:
                hit.answers = without_texts(survey, hit.answers)
    forget_mail(session, [letter.id for letter in messages_of(session, enrollment_ids)])
    forget_remedies(session, enrollment_ids)
    forget_purchases(session, contact.id)
    erase_contact(session, contact, now)


def forget_reader(session: Session, asked: Asked, now: datetime) -> None:
    """Forget whoever this letter went to."""
    if asked.contact_id is not None:
        forget(session, lock_contact(session, asked.contact_id), now, asked.message_id)


NOTES: Mapping[str, NoteKind] = {kind.value: kind for kind in (NoteKind.NOT_ARRIVED, NoteKind.NOT_TRIED)}


def _letter(asked: Asked) -> Letter:
    return Letter(asked.merchant_id, asked.enrollment_id, asked.message_id)
