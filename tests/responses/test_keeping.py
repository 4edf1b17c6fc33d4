"""A page keeps what is filled in; what is kept stays small, and the last word is always heard."""

from datetime import timedelta
from typing import Any

import pytest

from campaigns import clock
from campaigns.database import Database
from campaigns.house import House
from campaigns.responses.answering import Desk
from campaigns.responses.hit import LinkName
from campaigns.responses.jobs import fold_answers
from campaigns.responses.judging import Form, Step
from campaigns.responses.keeping import MOST_KEPT, Place, place_of
from campaigns.responses.sheet import unfinished
from campaigns.responses.trust import Given, Level, Visit
from tests.factories import NOW
from tests.responses.conftest import BROWSER, Ana, Letter, Records

PARTIAL = {"-partial": "1", "level": "confirmed"}
C, P, S = Level.CONFIRMED, Level.PROVISIONAL, Level.SUSPECT


def given(hit_id: int, answers: dict[str, Any] | None, level: Level = C) -> Given:
    return Given(hit_id=hit_id, message_id=1, level=level, score=4, answers=answers, at=NOW)


DRAFT, DONE = unfinished({"comment": "Lov"}), {"comment": "Lovely"}
FULL = [given(number, {}) for number in range(1, MOST_KEPT + 1)]


@pytest.mark.parametrize(
    ("answers", "level", "earlier", "place"),
    [
        (DONE, C, [], Place.NEW),
        (DRAFT, C, [], Place.NEW),
        (DRAFT, C, [given(1, None, P)], Place.NEW),
        (DRAFT, C, [given(1, DRAFT)], 1),
        (DRAFT, C, [given(1, DRAFT), given(2, None)], Place.NEW),
        (DRAFT, S, [given(1, DRAFT)], Place.NEW),
        (DRAFT, C, [given(1, DONE)], Place.NOWHERE),
        (DRAFT, C, [given(1, {})], Place.NEW),
        (DRAFT, C, [given(1, DONE, S)], Place.NEW),
        (DONE, C, [given(1, DONE)], Place.NEW),
        (DONE, C, FULL, MOST_KEPT),
        (None, P, FULL, Place.NEW),
        (None, P, [*FULL, given(999, None, P)], 999),
    ],
)
def test_where_an_answer_is_kept(
    answers: dict[str, Any] | None, level: Level, earlier: list[Given], place: int | Place
) -> None:
    assert place_of({"answers": answers, "level": level.value}, earlier) == place


def test_what_is_filled_in_is_kept_as_partial_until_the_button_is_pressed(
    house: House, letter: Letter, ana: Ana, records: Records
) -> None:
    assert ana.send(letter.survey, {"score": "2", "why": "late", **PARTIAL}).status_code == 204
    assert ana.send(letter.survey, {"score": "2", "why": "late", "comment": "Two we", **PARTIAL}).status_code == 204
    fold_answers(house)
    assert records.response
    assert (records.response.status, records.response.answers) == ("partial", {"why": "late", "comment": "Two we"})
    assert len(records.answers) == 1, "one page is one row"
    assert records.stop_reason == "answered", "who has begun to answer is not reminded to"
    page = ana.look(letter.survey).text
    assert "Two we</textarea>" in page, "who comes back goes on where they were"
    assert "Thank you." not in page

    ana.send(letter.survey, {"score": "2", "why": "late", "comment": "Two weeks"})
    fold_answers(house)

    assert (records.response.status, records.response.answers["comment"]) == ("complete", "Two weeks")
    assert "Thank you." in ana.look(letter.survey).text


def test_what_a_page_kept_never_takes_the_place_of_what_was_sent(
    house: House, letter: Letter, ana: Ana, records: Records
) -> None:
    ana.send(letter.survey, {"score": "4", "comment": "Lovely"})

    late = ana.send(letter.rate(4), {"score": "1", "comment": "Lov", **PARTIAL})
    fold_answers(house)

    assert late.status_code == 204
    assert len(records.answers) == 1
    assert records.response
    assert (records.response.score, records.response.status) == (4, "complete")


@pytest.mark.drill
def test_ten_thousand_answers_to_one_link_leave_a_hundred_rows_and_the_last_word(
    database: Database, house: House, letter: Letter, records: Records
) -> None:
    desk = Desk()

    def form(number: int) -> Form:
        at = clock.now() + timedelta(milliseconds=number)
        visit = Visit(method="POST", user_agent=BROWSER, page_age=timedelta(seconds=3))
        step = Step(message_id=letter.message_id, link=LinkName.RATE, visit=visit, client="c", at=at)
        return Form(step=step, is_foreign=False, score="5", sent=lambda key: [str(number)] if key == "comment" else [])

    for start in range(0, 10_000, 2_500):
        with house.database.transaction() as session:
            desk.accept_answers(session, [form(start + number) for number in range(2_500)])
    fold_answers(house)

    assert len(records.answers) == MOST_KEPT
    assert records.response
    assert records.response.answers == {"comment": "9999"}


def test_a_page_without_a_script_is_asked_what_an_answer_brought_up(house: House, ana: Ana, letter: Letter) -> None:
    form = {"score": "2", "why": "late"}

    told = ana.send(letter.survey, {**form, "-asked": "why"})
    assert told.status_code == 303
    assert told.location.endswith("/more")
    page = ana.look(told.location).text
    assert 'value="late" checked' in page
    assert 'name="-asked" value="why comment"' in page

    assert ana.send(letter.survey, {**form, "-asked": "why comment"}).location == letter.survey
    assert ana.send(letter.survey, form).location == letter.survey
