"""People have the last word on an answer: their ruling is kept with their name, and outlives every new judgement."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.errors import NotFound
from campaigns.responses.answering import lock_enrollment
from campaigns.responses.evidence import gather
from campaigns.responses.hit import Hit, HitKind
from campaigns.responses.rule_book import rules_in_force
from campaigns.responses.ruling import Ruling, Verdict, add_ruling, rulings_on
from campaigns.responses.weighing import follow, record, weigh


def overrule(session: Session, ruling: Ruling, now: datetime) -> bool:
    """Keep a ruling and let its response say so; False where the same was ruled before.

    Raises NotFound where the merchant has no such answer. Rejecting one sends nobody anything by itself.
    """
    hit = session.get(Hit, ruling.hit_id)
    if hit is None or hit.merchant_id != ruling.merchant_id or hit.kind != HitKind.ANSWER:
        raise NotFound(f"Merchant {ruling.merchant_id} has no answer {ruling.hit_id}.")
    enrollment = lock_enrollment(session, hit.enrollment_id)
    said = dict(rulings_on(session, [enrollment.id]).get(enrollment.id, ()))
    if said.get(hit.id) == Verdict(ruling.verdict):
        return False
    ruling.enrollment_id = enrollment.id
    add_ruling(session, ruling)
    rules = rules_in_force(session, enrollment.campaign_id)
    outcome = weigh(gather(session, [enrollment.id], rules)[enrollment.id], rules, now)
    if outcome is not None:
        record(session, enrollment, outcome, rules, now)
        follow(session, enrollment, outcome, now, may_go_on=False)
    return True
