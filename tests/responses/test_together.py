"""People who answer at the same moment are each believed for what they did themselves."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask

from campaigns import clock
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.house import House
from campaigns.responses.answering import Desk
from campaigns.responses.hit import Hit, LinkName
from campaigns.responses.judging import Form, Step, Verdict
from campaigns.responses.trust import Level, Visit
from campaigns.tokens import Purpose
from tests.factories import ask_ana
from tests.responses.conftest import BROWSER, Letter, Records, letter_of


@pytest.fixture
def letters(house: House) -> list[Letter]:
    """Four people's letters, of four merchants."""
    with house.database.transaction() as session:
        messages = [ask_ana(session, house.vault) for _ in range(4)]
        for message in messages:
            session.get_one(Enrollment, message.enrollment_id).closes_at = None
    return [letter_of(house, message) for message in messages]


def form(letter: Letter, score: str, claim: Level | None = None, purpose: str = "") -> Form:
    visit = Visit(method="POST", user_agent=BROWSER, claim=claim, purpose=purpose, page_age=clock.now() - clock.now())
    step = Step(message_id=letter.message_id, link=LinkName.RATE, visit=visit, client="c", at=clock.now())
    return Form(step=step, is_foreign=False, score=score, sent=lambda key: ["Lovely"] if key == "comment" else [])


def test_each_form_of_a_batch_is_judged_and_kept_by_itself(
    house: House, letters: list[Letter], records: Records
) -> None:
    suspect = form(letters[1], "1", Level.PROVISIONAL, "prefetch")
    nowhere = replace(form(letters[2], "5"), step=replace(form(letters[2], "5").step, message_id=10**9))
    forms = [
        form(letters[0], "4"),
        suspect,
        form(letters[2], "9"),
        nowhere,
        form(letters[3], ""),
        form(letters[0], "2"),
    ]

    with house.database.transaction() as session:
        judged = Desk().accept_answers(session, forms)

    kept = Verdict.KEPT
    assert [each and each.verdict for each in judged] == [kept, kept, None, None, Verdict.UNCHOSEN, kept]
    assert [(hit.enrollment_id, hit.score, hit.level) for hit in records.answers] == [
        (letters[0].enrollment_id, 4, "confirmed"),
        (letters[1].enrollment_id, 1, "suspect"),
        (letters[0].enrollment_id, 2, "confirmed"),
    ]
    assert [row.stop_reason for row in records.all(Enrollment)] == ["answered", "", "", ""]
    assert [row.state for row in records.all(Message)] == ["cancelled", "scheduled", "scheduled", "scheduled"]


def test_looks_of_one_batch_see_only_their_own_answers(house: House, letters: list[Letter], records: Records) -> None:
    desk, visit = Desk(), Visit(method="GET", user_agent=BROWSER)
    steps = [
        Step(message_id=message_id, link=LinkName.RATE, clicked="5", visit=visit, client="c", at=clock.now())
        for message_id in (letters[0].message_id, 10**9, letters[1].message_id)
    ]
    with house.database.transaction() as session:
        desk.accept_answers(session, [form(letters[0], "4"), form(letters[2], "1")])
        first, nowhere, other = desk.note_looks(session, steps)

    assert first
    assert first.so_far
    assert (first.score, first.so_far.score, first.so_far.answers) == (5, 4, {"comment": "Lovely"})
    assert nowhere is None
    assert other
    assert other.so_far is None
    assert len([hit for hit in records.all(Hit) if hit.kind == "look"]) == 2


def test_many_people_at_once_lose_no_answer(app: Flask, house: House, letters: list[Letter], records: Records) -> None:
    def send(number: int) -> int:
        letter = letters[number % 4]
        nonce = house.tokens.sign(Purpose.PAGE, [letter.message_id, int(clock.now().timestamp() * 1000)])
        data = {"nonce": nonce, "score": "4", "comment": str(number)}
        return app.test_client().post(letter.rate(4), data=data, headers={"User-Agent": BROWSER}).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(send, range(64))) == {303}

    assert {hit.answers["comment"]: hit.enrollment_id for hit in records.answers if hit.answers} == {
        str(number): letters[number % 4].enrollment_id for number in range(64)
    }
    assert {row.stop_reason for row in records.all(Enrollment)} == {"answered"}
