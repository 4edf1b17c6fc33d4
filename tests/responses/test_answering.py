"""What sending a page does, and what it keeps of what was written."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns import clock
from campaigns.app import create_app
from campaigns.audience.contact import erase_contact, lock_contact
from campaigns.enrollment.enrollment import Enrollment
from campaigns.house import House
from campaigns.queues import Bell
from campaigns.responses.jobs import fold_answers
from tests.responses.conftest import Ana, Letter, Records

CONFIRMED = {"score": "4", "comment": "Lovely mug"}


def test_sending_records_an_answer_stops_the_reminder_and_thanks(
    house: House, letter: Letter, ana: Ana, records: Records
) -> None:
    answer = ana.send(letter.rate(4), {"score": "3", "why": "late", "comment": "Two weeks!"})

    assert (answer.status_code, answer.headers["Location"]) == (303, letter.survey)
    (hit,) = records.answers
    assert (hit.level, hit.score, hit.link) == ("confirmed", 3, "rate")
    assert hit.answers == {"why": "late", "comment": "Two weeks!"}
    assert records.stop_reason == "answered"
    assert records.message_states == ["cancelled"]
    assert "Thank you." in ana.look(letter.survey).text


def test_thanks_are_shown_before_the_answer_is_folded(letter: Letter, ana: Ana, records: Records) -> None:
    ana.send(letter.rate(4), CONFIRMED)

    page = ana.look(letter.survey).text

    assert records.response is None
    assert "4 of 5" in page
    assert "Lovely mug" in page


def test_an_answer_can_be_changed_until_the_survey_closes(
    house: House, letter: Letter, ana: Ana, records: Records, wait: Callable[..., None]
) -> None:
    ana.send(letter.rate(4), CONFIRMED)
    fold_answers(house)
    ana.send(letter.survey, {"score": "2", "why": "broken"})
    fold_answers(house)

    assert records.response is not None
    assert (records.response.score, records.response.answers) == (2, {"why": "broken"})
    wait(days=22)
    late = ana.post(letter.survey, {"nonce": "x", "score": "5"})
    fold_answers(house)
    assert late.status_code == 410
    assert "This survey is closed." in late.text
    assert "2 of 5" in ana.look(letter.rate(5)).text
    assert records.response.score == 2
    assert len(records.answers) == 2


NASTY = "<script>alert(1)</script>'); DROP TABLE hit;-- \u202egnp.exe\x00 </textarea>"


def test_html_sql_and_bidi_in_a_comment_stay_words(letter: Letter, ana: Ana, records: Records) -> None:
    ana.send(letter.rate(4), {"score": "4", "comment": NASTY})

    page = ana.look(letter.survey).text

    assert records.answers[0].answers == {"comment": NASTY.replace("\u202e", "").replace("\x00", "").strip()}
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page


@pytest.mark.parametrize("letters", ["x", "ش", "😀"])
def test_a_hundred_thousand_characters_are_cut_not_refused(
    letter: Letter, ana: Ana, records: Records, letters: str
) -> None:
    count = 100_000 if letters != "😀" else 60_000

    assert ana.send(letter.rate(4), {"score": "4", "comment": letters * count}).status_code == 303
    assert records.answers[0].answers == {"comment": letters * 4000}


def test_what_is_no_option_or_was_not_asked_is_left_out(letter: Letter, ana: Ana, records: Records) -> None:
    ana.send(letter.rate(2), {"score": "2", "why": "dragons", "color": "red", "level_up": "1"})
    ana.send(letter.rate(5), {"score": "5", "why": "late", "comment": "  "})

    assert [hit.answers for hit in records.answers] == [{}, {}]


def test_the_page_tells_a_provisional_score_by_itself(letter: Letter, ana: Ana, records: Records) -> None:
    told = ana.send(letter.rate(4), {"score": "4", "level": "provisional", "comment": "not sent by a script"})

    assert (told.status_code, told.data) == (204, b"")
    (hit,) = records.answers
    assert (hit.level, hit.answers, records.stop_reason) == ("provisional", None, "held")
    assert records.message_states == ["scheduled"]
    page = ana.look(letter.survey).text
    assert "Thank you." not in page, "a score that nobody confirmed is never shown as done"
    assert re.findall(r'id="score-(\d)"[^>]* checked', page) == ["4"]


def test_a_suspect_answer_stops_no_letter_and_locks_nobody_out(letter: Letter, ana: Ana, records: Records) -> None:
    prefetched = {"Sec-Purpose": "prefetch;prerender"}
    ana.send(letter.rate(1), {"score": "1", "level": "provisional"}, **prefetched)

    assert records.answers[0].level == "suspect"
    assert records.stop_reason == ""
    assert records.message_states == ["scheduled"]
    assert "checked" not in ana.look(letter.survey).text
    assert ana.send(letter.rate(5), {"score": "5"}).status_code == 303
    assert "5 of 5" in ana.look(letter.survey).text


def test_an_answer_after_erasure_still_finds_kind_pages(house: House, letter: Letter, ana: Ana) -> None:
    with house.database.transaction() as session:
        erase_contact(session, lock_contact(session, letter.contact_id), clock.now())

    assert ana.send(letter.rate(4), CONFIRMED).status_code == 303
    assert ana.look(letter.survey).status_code == 200


def test_a_dead_redis_takes_no_answer_away(
    house: House, letter: Letter, records: Records, wait: Callable[..., None]
) -> None:
    app = create_app(replace(house, bell=Bell("redis://127.0.0.1:1/0")))
    ana = Ana(app.test_client(), wait)

    assert ana.send(letter.rate(4), CONFIRMED).status_code == 303
    assert len(records.answers) == 1


def test_a_press_within_half_a_second_counts_and_is_flagged(letter: Letter, ana: Ana, records: Records) -> None:
    nonce = ana.nonce(letter.rate(4))

    ana.post(letter.rate(4), {"nonce": nonce, "score": "4"})

    assert records.answers[0].level == "confirmed"
    assert records.answers[0].reasons == ["hasty"]


def test_time_until_closing_counts_to_the_moment(house: House, letter: Letter, ana: Ana) -> None:
    with house.database.transaction() as session:
        session.get_one(Enrollment, letter.enrollment_id).closes_at = clock.now() + timedelta(seconds=5)

    assert ana.send(letter.rate(4), CONFIRMED).status_code == 303
