"""Every answer becomes part of its response; a fold that is late, doubled or reordered changes nothing."""

import logging

from campaigns import clock
from campaigns.house import House
from campaigns.responses.answering import lock_enrollment
from campaigns.responses.evidence import gather
from campaigns.responses.forgetting import forget_some
from campaigns.responses.hit import keep_domains, mark_folded, next_unfolded
from campaigns.responses.response import close, next_open
from campaigns.responses.rule_book import rules_in_force
from campaigns.responses.weighing import follow, record, weigh

log = logging.getLogger(__name__)


def fold_answers(house: House) -> int:
    """Fold every enrollment that has new answers; returns how many responses were brought up to date."""
    count, last_id = 0, 0
    while True:
        with house.database.reading() as session:
            hit = next_unfolded(session, last_id)
        if hit is None:
            return count
        last_id = hit.id
        count += _weigh_kindly(house, hit.enrollment_id, is_new=True)


def mature_answers(house: House) -> int:
    """Judge once more what had its hold, with all that came to light meanwhile; returns how many responses.

    Then one click counts, or its letter's reminder is let go.
    """
    count, last_id = 0, 0
    while True:
        with house.database.reading() as session:
            response = next_open(session, clock.now(), last_id)
        if response is None:
            return count
        last_id = response.id
        count += _weigh_kindly(house, response.enrollment_id, is_new=False)


def forget_networks(house: House) -> int:
    """Forget by what networks were told apart, once nothing looks at it any more; returns at how many visits."""
    count = 0
    while True:
        with house.database.transaction() as session:
            forgotten = forget_some(session, clock.now())
        if not forgotten:
            return count
        count += forgotten


def _weigh_kindly(house: House, enrollment_id: int, *, is_new: bool) -> bool:
    try:
        return _weigh(house, enrollment_id, is_new=is_new)
    # One unreadable answer must not stand in the way of all that follow; its text stays out of the log.
    except Exception as error:  # noqa: BLE001
        log.error("answers to enrollment %s were not folded: %s", enrollment_id, type(error).__name__)
        return False


def _weigh(house: House, enrollment_id: int, *, is_new: bool) -> bool:
    now = clock.now()
    with house.database.transaction() as session:
        enrollment = lock_enrollment(session, enrollment_id)
        rules = rules_in_force(session, enrollment.campaign_id)
        evidence = gather(session, [enrollment_id], rules)[enrollment_id]
        if is_new and not evidence.unfolded:
            return False  # another worker was quicker
        outcome = weigh(evidence, rules, now)
        if outcome is None:  # all of it was taken back
            close(session, enrollment_id)
            return False
        record(session, enrollment, outcome, rules, now)
        follow(session, enrollment, outcome, now, may_go_on=True)
        mark_folded(session, evidence.unfolded, now)
        if not is_new:  # by now whoever was at that time's other letters has come
            keep_domains(session, evidence.counted)
    log.info("answers to enrollment %s folded", enrollment_id)
    return True
