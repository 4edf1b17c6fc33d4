"""What customers wrote, as they wrote it; shown only to those whose role includes reading it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact
from campaigns.catalog.survey import QuestionKind
from campaigns.catalog.version import CampaignVersion
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.note import Note, NoteKind
from campaigns.intake.purchase import Purchase
from campaigns.reports.counting import Scope, counted, in_scope
from campaigns.responses.remedy import Remedy
from campaigns.responses.response import Response, ResponseStatus

SHOWN = 6  # of each campaign
LOOKED_AT = 40  # of each campaign: answers that may hold a comment, or only choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a customer told the shop instead of an answer."""

    sentence: str
    first_name: str
    order_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    enrollment_id: int
    text: str
    score: int
    highest: int  # of the scale it was given on
    first_name: str
    order_id: str
    locale: str
    answered_at: datetime
    remedy: str  # what was done about it


def latest_comments(session: Session, scope: Scope) -> dict[int, list[Comment]]:
    """Return the latest comments of each campaign, the newest first."""
    place = func.row_number().over(partition_by=Enrollment.campaign_id, order_by=Response.answered_at.desc())
    columns = [Response.id.label("response_id"), place.label("place")]
    recent = in_scope(session, columns, scope).where(counted(scope.now), cast(Response.answers, String) != "{}")
    chosen = recent.subquery()
    query = (
        select(Response, Enrollment, Purchase.order_id, Contact.first_name, CampaignVersion, Remedy.words)
        .join(chosen, chosen.c.response_id == Response.id)
        .join(Enrollment, Enrollment.id == Response.enrollment_id)
        .join(Purchase, Purchase.id == Enrollment.purchase_id)
        .join(CampaignVersion, CampaignVersion.id == Enrollment.version_id)
        .outerjoin(Contact, Contact.id == Enrollment.contact_id)
        .outerjoin(Remedy, Remedy.enrollment_id == Enrollment.id)
        .where(chosen.c.place <= LOOKED_AT)
        .order_by(Response.answered_at.desc(), Response.id.desc())
    )
    comments: dict[int, list[Comment]] = defaultdict(list)
    for response, enrollment, order_id, first_name, version, remedy in session.execute(query):
        text = _written(response, version)
        if text and len(comments[enrollment.campaign_id]) < SHOWN:
            comment = Comment(
                enrollment_id=enrollment.id,
                text=text,
                score=response.score,
                highest=version.definition.scale.highest,
                first_name=first_name or "",
                order_id=order_id,
                locale=enrollment.locale,
                answered_at=response.answered_at,
                remedy=remedy or "",
            )
            comments[enrollment.campaign_id].append(comment)
    return comments


def latest_notes(session: Session, merchant_id: int) -> dict[int, list[Said]]:
    """Return who said that it was too early to ask, by campaign, the latest first; an answer since then settles it."""
    place = func.row_number().over(partition_by=Enrollment.campaign_id, order_by=Note.at.desc())
    open_notes = (
        select(Note.id, place.label("place"))
        .join(Enrollment, Enrollment.id == Note.enrollment_id)
        .outerjoin(Response, Response.enrollment_id == Note.enrollment_id)
        .where(Note.merchant_id == merchant_id, Note.kind != NoteKind.WITHDRAWN)
        .where(or_(Response.id.is_(None), Response.status == ResponseStatus.WITHDRAWN))
        .subquery()
    )
    query = (
        select(Note, Enrollment.campaign_id, Purchase.order_id, Contact.first_name)
        .join(open_notes, open_notes.c.id == Note.id)
        .join(Enrollment, Enrollment.id == Note.enrollment_id)
        .join(Purchase, Purchase.id == Enrollment.purchase_id)
        .outerjoin(Contact, Contact.id == Enrollment.contact_id)
        .where(open_notes.c.place <= SHOWN)
        .order_by(Note.at.desc(), Note.id.desc())
    )
    said: dict[int, list[Said]] = defaultdict(list)
    for note, campaign_id, order_id, first_name in session.execute(query):
        each = Said(sentence=note.sentence, first_name=first_name or "", order_id=order_id, at=note.at)
        said[campaign_id].append(each)
    return said


def _written(response: Response, version: CampaignVersion) -> str:
    """Return all that was written in answer to open questions, in the order they were asked."""
    keys = [each.key for each in version.definition.survey.questions if each.kind is QuestionKind.TEXT]
    return "\n".join(str(response.answers[key]) for key in keys if response.answers.get(key))
