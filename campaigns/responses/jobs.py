"""Every answer becomes part of its response; a fold that is late, doubled or reordered changes nothing."""

import logging

from campaigns import clock
from campaigns.catalog.version import get_version
from campaigns.house import House
from campaigns.responses.answering import lock_enrollment
from campaigns.responses.claiming import note_answer
from campaigns.responses.hit import answers_to, mark_folded, next_unfolded
from campaigns.responses.response import record_response
from campaigns.responses.trust import fold

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
        try:
            count += _fold_enrollment(house, hit.enrollment_id)
        # One unreadable answer must not stand in the way of all that follow; its text stays out of the log.
        except Exception as error:  # noqa: BLE001
            log.error("answers to enrollment %s were not folded: %s", hit.enrollment_id, type(error).__name__)


def _fold_enrollment(house: House, enrollment_id: int) -> bool:
    with house.database.transaction() as session:
        enrollment = lock_enrollment(session, enrollment_id)
        hits = answers_to(session, enrollment_id)
        folded = fold(hit.given for hit in hits)
        if folded is None or all(hit.folded_at for hit in hits):
            return False  # another worker was quicker
        definition = get_version(session, enrollment.version_id).definition
        response = record_response(session, enrollment, definition.survey, folded)
        note_answer(session, enrollment, response, definition.thanks, clock.now())
        mark_folded(session, [hit.id for hit in hits], clock.now())
    log.info("answers to enrollment %s folded", enrollment_id)
    return True
