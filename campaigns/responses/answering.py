"""A look is noted and an answer accepted in one transaction, with everything that follows from it at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.catalog.condition import Answer
from campaigns.enrollment.enrollment import Enrollment, stop
from campaigns.enrollment.message import cancel_pending
from campaigns.responses.asked import Asked
from campaigns.responses.hit import Hit, HitKind, LinkName, answers_to, append_hit
from campaigns.responses.trust import Belief, Folded, Level, Visit, believe, fold

ANSWERED = "answered"  # why nothing more is sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request on one link: who made it, and when."""

    link: LinkName
    visit: Visit
    client: str
    at: datetime


def note_look(session: Session, asked: Asked, step: Step, score: int | None = None) -> None:
    """Remember that a link was looked at; that is all a look ever does."""
    append_hit(session, _hit(asked, step, believe(step.visit), kind=HitKind.LOOK, score=score))


def accept_answer(
    session: Session, asked: Asked, step: Step, score: int, answers: Mapping[str, Answer] | None
) -> Belief:
    """Keep an answer as it was given and, where a person may have given it, send them nothing more.

    The letters are stopped here and not where answers are folded: a reminder must not overtake it.
    """
    belief = believe(step.visit)
    enrollment = lock_enrollment(session, asked.enrollment_id)
    append_hit(session, _hit(asked, step, belief, kind=HitKind.ANSWER, score=score, answers=answers))
    if belief.level is not Level.SUSPECT:
        stop(session, enrollment, ANSWERED, step.at)
        cancel_pending(session, enrollment.id, ANSWERED, step.at)
    return belief


def answer_so_far(session: Session, asked: Asked) -> Folded | None:
    """Return what this enrollment's answers come to now; the folded response may lag behind."""
    return fold(hit.given for hit in answers_to(session, asked.enrollment_id))


def lock_enrollment(session: Session, enrollment_id: int) -> Enrollment:
    """Return an enrollment that no other answer and no other fold can hold until this transaction ends."""
    query = select(Enrollment).where(Enrollment.id == enrollment_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _hit(
    asked: Asked,
    step: Step,
    belief: Belief,
    kind: HitKind,
    score: int | None = None,
    answers: Mapping[str, Answer] | None = None,
) -> Hit:
    return Hit(
        merchant_id=asked.merchant_id,
        enrollment_id=asked.enrollment_id,
        message_id=asked.message_id,
        kind=kind.value,
        link=step.link.value,
        method=step.visit.method,
        level=belief.level.value,
        reasons=[reason.value for reason in belief.reasons],
        score=score,
        answers=None if answers is None else dict(answers),
        client=step.client,
        user_agent=step.visit.user_agent,
        at=step.at,
    )
