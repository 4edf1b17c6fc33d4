"""What a customer finds behind the links of a letter; looking changes nothing."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from campaigns.enrollment.enrollment import Enrollment
from campaigns.house import House
from campaigns.responses.hit import Hit
from campaigns.responses.jobs import fold_answers
from tests.responses.conftest import Ana, Letter, Records

CONFIRMED = {"score": "4", "comment": "Lovely mug"}


def test_looking_a_hundred_times_changes_nothing(
    client: FlaskClient, house: House, letter: Letter, ana: Ana, records: Records
) -> None:
    for _ in range(17):
        for path in (letter.rate(1), letter.survey, letter.out):
            assert client.get(path).status_code == 200
            assert client.head(path).status_code == 200
    fold_answers(house)

    assert records.response is None
    assert records.suppressions == []
    assert records.stop_reason == ""
    assert records.message_states == ["scheduled"]
    assert {hit.level for hit in records.all(Hit)} == {"observed"}
    assert ana.send(letter.rate(4), CONFIRMED).status_code == 303


def test_a_look_carries_the_headers_of_a_private_page(client: FlaskClient, letter: Letter) -> None:
    headers = client.get(letter.rate(4)).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "script-src 'self'; style-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_no_page_ever_sets_a_cookie(client: FlaskClient, letter: Letter, ana: Ana) -> None:
    answers = [
        client.get(letter.rate(4)),
        client.get(letter.survey),
        client.get(letter.out),
        client.get("/r/nonsense/4"),
        ana.send(letter.rate(4), CONFIRMED),
        client.get(letter.survey),
        client.post(letter.out, data={"confirm": "yes"}),
        client.post(letter.out, data={"List-Unsubscribe": "One-Click"}),
    ]

    assert [answer.headers.getlist("Set-Cookie") for answer in answers] == [[]] * len(answers)


def test_the_clicked_score_is_chosen_and_the_button_names_it(ana: Ana, letter: Letter) -> None:
    text = ana.look(letter.rate(2)).text

    assert re.findall(r'id="score-(\d)"[^>]* checked', text) == ["2"]
    assert '<span data-scores="2">Send: 2 of 5</span>' in text
    assert 'data-scores="4" hidden>Send: 4 of 5' in text
    assert text.count(" style=") == text.count("<style") == text.count("onclick") == 0


def test_only_the_questions_of_the_clicked_score_are_shown(ana: Ana, letter: Letter) -> None:
    def shown(score: int) -> list[str]:
        return re.findall(r'data-key="(\w+)"(?:(?! hidden)[^>])*>', ana.look(letter.rate(score)).text)

    assert shown(2) == ["why", "comment"]
    assert shown(5) == ["comment"]


def test_the_whole_page_is_small(client: FlaskClient, letter: Letter) -> None:
    page = client.get(letter.rate(2)).text
    parts = [client.get(path) for path in re.findall(r'(?:href|src)="(/look/[^"]+)"', page)]

    assert len(parts) == 2
    assert all("immutable" in part.headers["Cache-Control"] for part in parts)
    assert len(page.encode()) + sum(len(part.data) for part in parts) < 30_000
    assert len(parts[0].data) < 10_000


def test_a_colour_that_is_none_becomes_ours(client: FlaskClient) -> None:
    style = client.get("/look/0/red;}body{display:none.css").text

    assert "display:none" not in style.split("*/")[0]
    assert "--accent:#1f6f54" in style


def test_a_survey_that_closed_without_an_answer_is_kind_too(
    letter: Letter, ana: Ana, wait: Callable[..., None]
) -> None:
    wait(days=22)

    page = ana.look(letter.rate(4))

    assert page.status_code == 200
    assert "no longer collecting answers" in page.text
    assert "<form" not in page.text


def test_a_page_that_is_opened_again_tells_nothing_over_a_confirmed_answer(letter: Letter, ana: Ana) -> None:
    assert "data-tell" in ana.look(letter.rate(4)).text

    ana.send(letter.rate(4), {"score": "2"})

    assert "data-tell" not in ana.look(letter.rate(4)).text


def test_a_hit_keeps_no_address_of_the_network(letter: Letter, client: FlaskClient, records: Records) -> None:
    for address in ("203.0.113.7", "203.0.113.99", "198.51.100.1", "2001:db8:1::1", "2001:db8:1:2::9"):
        client.get(letter.rate(4), environ_base={"REMOTE_ADDR": address}, headers={"User-Agent": "A\tB" + "x" * 999})

    one, neighbour, far, six, six_neighbour = [hit.client for hit in records.all(Hit)]
    assert one == neighbour != far
    assert six == six_neighbour != one
    assert "203.0.113" not in repr([vars(hit) for hit in records.all(Hit)])
    assert all(len(hit.user_agent) == 300 for hit in records.all(Hit))


@pytest.mark.parametrize(
    ("locale", "direction", "send"), [("de", "ltr", "Absenden: 4 von 5"), ("ar", "rtl", "إرسال: ")]
)
def test_the_page_speaks_the_language_of_its_letter(
    house: House, letter: Letter, ana: Ana, locale: str, direction: str, send: str
) -> None:
    with house.database.transaction() as session:
        session.get_one(Enrollment, letter.enrollment_id).locale = locale

    page = ana.look(letter.rate(4), **{"Accept-Language": "en"}).text

    assert f'<html lang="{locale}" dir="{direction}">' in page
    assert send in page
    assert '<span lang="en" dir="auto">Anything you would like to tell us?</span>' in page


def test_a_reader_who_answered_only_the_rating_is_shown_the_questions_again(letter: Letter, ana: Ana) -> None:
    ana.send(letter.rate(4), {"score": "2"})
    assert "<details open>" in ana.look(letter.survey).text

    ana.send(letter.rate(4), {"score": "2", "why": "late"})
    assert "<details>" in ana.look(letter.survey).text


def test_a_second_look_at_a_rating_link_keeps_what_was_written(letter: Letter, ana: Ana) -> None:
    ana.send(letter.rate(4), CONFIRMED)

    page = ana.look(letter.rate(5)).text

    assert "Lovely mug</textarea>" in page
    assert re.findall(r'id="score-(\d)"[^>]* checked', page) == ["5"]


def test_a_link_that_lost_its_end_opens_as_far_as_it_names_a_letter(letter: Letter, ana: Ana) -> None:
    whole = ana.look(letter.rate(4)).text
    assert "checked" in whole

    for broken, is_chosen in ((letter.rate("4."), True), (letter.rate("4/"), True), (letter.rate(""), False)):
        answer = ana.look(broken)
        assert answer.status_code == 200
        assert ("checked" in answer.text) is is_chosen


@pytest.mark.parametrize("path", ["/r/", "/r/nothing/4/", "/s/", "/s/x/y/z"])
def test_a_link_that_names_no_letter_is_answered_kindly_in_the_visitors_language(ana: Ana, path: str) -> None:
    answer = ana.look(path, **{"Accept-Language": "de"})

    assert answer.status_code == 404
    assert 'lang="de"' in answer.text


def test_a_second_visit_tells_what_was_answered_before(letter: Letter, ana: Ana) -> None:
    ana.send(letter.rate(2), {"score": "2"})

    answer = ana.look(letter.rate(5))

    assert "Your answer so far: 2 of 5." in answer.text
