"""Looks are noted and answers accepted, many in one transaction, with everything that follows from them at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from campaigns.enrollment.enrollment import Enrollment, hold, hold_all, stop_all
from campaigns.enrollment.message import cancel_all_pending
from campaigns.responses.asked import Asked, Letters
from campaigns.responses.hit import HitKind, Row, given_to
from campaigns.responses.judging import Form, Judged, Seen, Step, Verdict, answers_in, judge, see
from campaigns.responses.keeping import keep_answers
from campaigns.responses.looking import keep_looks
from campaigns.responses.trust import Belief, Folded, Level, believe, fold

ANSWERED = "answered"  # why nothing more is sent


class Desk:
    """Where the doors bring what people do, many at once; a link that leads nowhere is answered with None."""

    def __init__(self) -> None:
        self._letters = Letters()

    def letter(self, session: Session, message_id: int) -> Asked:
        """Return what a letter asked; raises InvalidToken where it is not in this database."""
        return self._letters.get(session, message_id)

    def note_looks(self, session: Session, steps: Sequence[Step]) -> list[Seen | None]:
        """Remember that links were looked at; that is all a look ever does."""
        letters = self._letters.get_all(session, {step.message_id for step in steps})
        found = [see(letters.get(step.message_id), step.clicked) for step in steps]
        pairs = [(seen, step) for seen, step in zip(found, steps, strict=True) if seen is not None]
        rows = [_row(seen, step, believe(step.visit, step.at), HitKind.LOOK) for seen, step in pairs]
        keep_looks(session, rows, {seen.asked.message_id for seen, _ in pairs if seen.asked.is_seen_often})
        return _with_answers_so_far(session, found)

    def accept_answers(self, session: Session, forms: Sequence[Form]) -> list[Judged | None]:
        """Keep answers as they were given and, where a person may have given them, send that person nothing more.

        The letters are stopped here and not where answers are folded: a reminder must not overtake one. What a
        page told by itself only holds them back, until it is known whether a machine read that page.
        """
        letters = self._letters.get_all(session, {form.step.message_id for form in forms}, held=True)
        judged = [judge(letters.get(form.step.message_id), form) for form in forms]
        kept = [
            (each.seen, form)
            for each, form in zip(judged, forms, strict=True)
            if each is not None and each.verdict is Verdict.KEPT
        ]
        if kept:
            _keep(session, kept)
        return judged

    def answer_so_far(self, session: Session, asked: Asked) -> Folded | None:
        """Return what this enrollment's answers come to now; the folded response may lag behind."""
        return fold(given_to(session, [asked.enrollment_id]).get(asked.enrollment_id, ()))


def lock_enrollment(session: Session, enrollment_id: int) -> Enrollment:
    """Return an enrollment that no other answer and no other fold can hold until this transaction ends."""
    return hold(session, enrollment_id)


def _keep(session: Session, kept: list[tuple[Seen, Form]]) -> None:
    beliefs = [believe(form.step.visit, form.step.at) for _, form in kept]
    rows = [
        {**_row(seen, form.step, belief, HitKind.ANSWER), "answers": answers_in(seen, form)}
        for (seen, form), belief in zip(kept, beliefs, strict=True)
    ]
    keep_answers(session, rows)
    at = max(form.step.at for _, form in kept)
    by_level: dict[Level, set[int]] = defaultdict(set)
    for (seen, _), belief in zip(kept, beliefs, strict=True):
        by_level[belief.level].add(seen.asked.enrollment_id)
    if held := by_level[Level.PROVISIONAL]:
        hold_all(session, held, at)
    if stopped := by_level[Level.CONFIRMED]:
        stop_all(session, stopped, ANSWERED, at)
        cancel_all_pending(session, stopped, ANSWERED, at)


def _with_answers_so_far(session: Session, found: list[Seen | None]) -> list[Seen | None]:
    given = given_to(session, {seen.asked.enrollment_id for seen in found if seen is not None})
    return [seen and replace(seen, so_far=fold(given.get(seen.asked.enrollment_id, ()))) for seen in found]


def _row(seen: Seen, step: Step, belief: Belief, kind: HitKind) -> Row:
    return {
        "merchant_id": seen.asked.merchant_id,
        "enrollment_id": seen.asked.enrollment_id,
        "message_id": step.message_id,
        "kind": kind.value,
        "link": step.link.value,
        "method": step.visit.method,
        "level": belief.level.value,
        "reasons": [reason.value for reason in belief.reasons],
        "score": seen.score,
        "answers": None,
        "client": step.client,
        "user_agent": step.visit.user_agent,
        "at": step.at,
        "facts": step.visit.facts(),
        "network": step.visit.network or None,
    }
