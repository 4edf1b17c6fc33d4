"""A person gets a copy of what they told us, and a merchant a copy of all that is kept on a person."""

from datetime import datetime
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact
from campaigns.audience.suppression import suppressions_on
from campaigns.catalog.condition import Answer
from campaigns.catalog.version import get_version
from campaigns.database import Base
from campaigns.enrollment.enrollment import Enrollment, all_verdicts_on
from campaigns.enrollment.message import messages_of
from campaigns.enrollment.note import notes_on
from campaigns.intake.purchase import purchases_of
from campaigns.languages import speak
from campaigns.responses.asked import Asked
from campaigns.responses.hit import hits_of
from campaigns.responses.remedy import remedies_on
from campaigns.responses.response import find_response
from campaigns.responses.sheet import Item, lay_out
from campaigns.responses.trust import Folded, Level

OURS = {"lease", "leased_until", "merchant_id", "client", "described", "fingerprint", "is_undecided", "revision"}


def copy_of(session: Session, asked: Asked, so_far: Folded | None) -> dict[str, Any]:
    """Return what a customer answered, in the words they were asked in."""
    copy: dict[str, Any] = {"asked_by": asked.merchant_name, "rating": None, "answers": []}
    if so_far is None or so_far.level is not Level.CONFIRMED:
        return copy
    sheet = lay_out(asked.survey, speak(asked.locale).tag, so_far.score, so_far.answers)
    copy["rating"] = {"score": so_far.score, "from": sheet.scale.lowest, "to": sheet.scale.highest}
    copy["answers"] = [{"question": item.text, "answer": _said(item)} for item in sheet.answered]
    response = find_response(session, asked.enrollment_id)
    copy["status"] = response.status if response else "complete"
    copy["first_answered_at"], copy["answered_at"] = so_far.first_at.isoformat(), so_far.at.isoformat()
    return copy


def everything_on(session: Session, contact: Contact) -> dict[str, Any]:
    """Return all that is kept on a person, table by table; keys and leases of ours tell nothing about them."""
    purchases = purchases_of(session, contact.id)
    enrollments = all_verdicts_on(session, contact.id)
    ids = [each.id for each in enrollments]
    return {
        "contact": _row(contact),
        "suppressions": [_row(each) for each in suppressions_on(session, contact.merchant_id, contact.fingerprint)],
        "purchases": [_row(each) for each in purchases],
        "decisions": [_row(each) for each in enrollments],
        "letters": [_row(each) for each in messages_of(session, ids)],
        "notes": [_row(each) for each in notes_on(session, ids)],
        "responses": [_response(session, each) for each in enrollments if find_response(session, each.id)],
        "remedies": [_row(each) for each in remedies_on(session, ids).values()],
        "visits": [_row(each) for each in hits_of(session, ids)],
    }


def _response(session: Session, enrollment: Enrollment) -> dict[str, Any]:
    response = find_response(session, enrollment.id)
    if response is None:
        return {}
    survey = get_version(session, enrollment.version_id).definition.survey
    sheet = lay_out(survey, speak(enrollment.locale).tag, response.score, _as_answers(response.answers))
    said = [{"question": item.text, "answer": _said(item)} for item in sheet.answered]
    return {**_row(response), "said": said}


def _as_answers(kept: dict[str, Any]) -> dict[str, Answer]:
    return kept


def _said(item: Item) -> str | list[str]:
    chosen = [choice.text for choice in item.choices if choice.is_chosen]
    return chosen or item.value


def _row(row: Base) -> dict[str, Any]:
    columns = [each.key for each in inspect(type(row)).column_attrs if each.key not in OURS]
    return {key: _plain(getattr(row, key)) for key in columns}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
