"""An enrollment's answers are weighed: gathered, judged, and recorded as its one response with all reasons.

However often, however late and in whatever order it is done, the same hits come to the same response.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.catalog.version import get_version
from campaigns.enrollment.enrollment import HELD, Enrollment, go_on, stop
from campaigns.enrollment.message import cancel_pending
from campaigns.responses.answering import ANSWERED
from campaigns.responses.claiming import note_answer
from campaigns.responses.evidence import Evidence
from campaigns.responses.folding import Given, Outcome, settle
from campaigns.responses.response import Response, ResponseStatus, record_response
from campaigns.responses.ruling import Verdict
from campaigns.responses.signs.reason import Judgement, Level, Reason, Suspicion
from campaigns.responses.signs.rules import Rules
from campaigns.responses.signs.trace import Trace
from campaigns.responses.trust import judge


def weigh(evidence: Evidence, rules: Rules, now: datetime) -> Outcome | None:
    """Say what all answers to one enrollment come to; None where there are none."""
    judged = judge(evidence.traces, evidence.around, rules)
    ruled = _ruled(judged, evidence, rules)
    return settle(map(_given, evidence.answers), ruled, now, rules)


def record(session: Session, enrollment: Enrollment, outcome: Outcome, rules: Rules, now: datetime) -> Response:
    """Let the response say what its answers come to, and promise what it earned; the caller holds the enrollment."""
    definition = get_version(session, enrollment.version_id).definition
    response = record_response(session, enrollment, definition.survey, outcome.folded)
    response.look_again_at = outcome.look_again_at
    if response.status != ResponseStatus.WITHDRAWN:  # what was taken back stays as it was judged
        response.hit_id, response.matured_at = outcome.folded.hit_id, outcome.matured_at
        response.reasons = [reason.as_json() for reason in outcome.reasons]
        response.rules = rules.version
    session.flush()
    note_answer(session, enrollment, response, definition.thanks, now)
    return response


def follow(session: Session, enrollment: Enrollment, outcome: Outcome, now: datetime, *, may_go_on: bool) -> None:
    """Let the letters follow what the answers come to: an answer ends them, and a machine's lets them go on.

    Nothing goes on before every answer has had its hold, and nothing that ended begins again.
    """
    is_believed = outcome.folded.level is Level.CONFIRMED or outcome.matured_at is not None
    if is_believed:
        stop(session, enrollment, ANSWERED, now)
        cancel_pending(session, enrollment.id, ANSWERED, now)
    elif may_go_on and outcome.folded.level is Level.SUSPECT and outcome.look_again_at is None:
        go_on(session, enrollment, HELD)


def _given(trace: Trace) -> Given:
    if trace.score is None:
        raise ValueError("a hit without a score is no answer")
    return Given(
        hit_id=trace.hit_id,
        message_id=trace.message_id,
        level=Level.SUSPECT,  # until it is judged
        score=trace.score,
        answers=trace.answers,
        at=trace.at,
    )


def _ruled(judged: Mapping[int, Judgement], evidence: Evidence, rules: Rules) -> Mapping[int, Judgement]:
    """Let people have the last word, the latest ruling last; what was seen stays beside it."""
    ruled = dict(judged)
    for hit_id, verdict in evidence.rulings:
        if verdict is Verdict.REINSTATED and hit_id in ruled:
            ruled[hit_id] = Judgement(Level.CONFIRMED, _without_rejection(ruled[hit_id].reasons))
        elif verdict is Verdict.REJECTED:
            for each in [other for other in ruled if other <= hit_id]:
                rejection = Reason(Suspicion.REJECTED, rules.weights[Suspicion.REJECTED])
                reasons = (*_without_rejection(ruled[each].reasons), rejection)
                ruled[each] = Judgement(Level.SUSPECT, reasons)
    return ruled


def _without_rejection(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(reason for reason in reasons if reason.code is not Suspicion.REJECTED)
