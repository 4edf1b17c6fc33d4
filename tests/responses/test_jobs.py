"""Folding answers into responses, on real databases, by more than one worker."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, update

from campaigns import clock
from campaigns.catalog.version import CampaignVersion
from campaigns.house import House
from campaigns.responses.jobs import fold_answers
from campaigns.responses.response import find_response
from tests.factories import NOW, ask_ana
from tests.responses.conftest import Letter, Records, add


def test_an_answer_becomes_a_response_once(house: House, letter: Letter, records: Records) -> None:
    with house.database.transaction() as session:
        add(session, letter, score=2, answers={"why": "late"})

    assert fold_answers(house) == 1
    assert fold_answers(house) == 0

    response = records.response
    assert response is not None
    assert (response.score, response.level, response.status) == (2, "confirmed", "complete")
    assert response.answers == {"why": "late"}
    assert (response.message_id, response.first_answered_at) == (letter.message_id, NOW)
    assert all(hit.folded_at for hit in records.answers)


@pytest.mark.parametrize(
    ("answers", "status"), [(None, "partial"), ({}, "partial"), ({"comment": "Hello"}, "complete")]
)
def test_a_rating_alone_is_partial_where_more_was_asked(
    house: House, letter: Letter, records: Records, answers: dict[str, Any] | None, status: str
) -> None:
    with house.database.transaction() as session:
        add(session, letter, answers=answers)
    fold_answers(house)

    assert records.response is not None
    assert records.response.status == status


def test_a_rating_alone_is_complete_where_nothing_more_was_asked(house: House, records: Records) -> None:
    with house.database.transaction() as session:
        add(session, ask_ana(session, house.vault, question=[]))
    fold_answers(house)

    assert records.response is not None
    assert records.response.status == "complete"


def test_answers_that_the_new_score_does_not_ask_for_are_left_out(
    house: House, letter: Letter, records: Records
) -> None:
    with house.database.transaction() as session:
        add(session, letter, score=2, answers={"why": "late", "comment": "Hm"})
        add(session, letter, at=60, score=5)
    fold_answers(house)

    assert records.response is not None
    assert (records.response.score, records.response.answers) == (5, {"comment": "Hm"})


def test_a_scanners_burst_is_suspect_until_a_person_answers(house: House, letter: Letter, records: Records) -> None:
    with house.database.transaction() as session:
        for score in range(1, 6):
            add(session, letter, at=score, score=score, level="provisional")
    fold_answers(house)
    assert records.response is not None
    assert records.response.level == "suspect"

    with house.database.transaction() as session:
        add(session, letter, at=900, score=4)
    fold_answers(house)

    assert (records.response.level, records.response.score) == ("confirmed", 4)
    assert records.response.first_answered_at == NOW + timedelta(seconds=900)


def test_one_answer_that_cannot_be_folded_holds_up_no_other(
    house: House, letter: Letter, records: Records, caplog: pytest.LogCaptureFixture
) -> None:
    with house.database.transaction() as session:
        add(session, letter, answers={"comment": "secret words"})
        broken = {"scale": "no such scale: secret words", "name": "x"}
        session.execute(update(CampaignVersion).values(source=broken))
        healthy = ask_ana(session, house.vault)
        add(session, healthy)

    assert fold_answers(house) == 1

    assert records.response is not None
    assert records.response.enrollment_id == healthy.enrollment_id
    assert f"enrollment {letter.enrollment_id} were not folded" in caplog.text
    assert "secret" not in caplog.text


def test_two_workers_fold_the_same_answers_at_once(house: House, records: Records) -> None:
    with house.database.transaction() as session:
        letters = [ask_ana(session, house.vault) for _ in range(12)]
        for message in letters:
            add(session, message, score=2)
            add(session, message, at=9, score=5, answers={"comment": "Better"})
    start, counts = threading.Barrier(2), []

    def work() -> None:
        start.wait()
        counts.append(fold_answers(house))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with house.database.reading() as session:
        responses = [find_response(session, message.enrollment_id) for message in letters]
    assert [response and (response.score, response.answers) for response in responses] == [
        (5, {"comment": "Better"})
    ] * 12
    assert sum(counts) == 12, "an answer was folded twice"


def test_a_fold_that_dies_before_its_commit_is_done_again(house: House, letter: Letter, records: Records) -> None:
    with house.database.transaction() as session:
        add(session, letter)

    def die(*_: object) -> None:
        raise RuntimeError("the power went")

    event.listen(house.database.engine, "commit", die)
    assert fold_answers(house) == 0
    event.remove(house.database.engine, "commit", die)

    assert records.response is None
    assert fold_answers(house) == 1
    assert records.response is not None


STEPS = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.sampled_from(["provisional", "confirmed", "suspect"]),
        st.none() | st.just({"comment": "x"}) | st.just({"why": "late"}),
        st.integers(0, 2),  # how many folds follow
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, data=st.data())
def test_folding_between_answers_or_after_all_gives_the_same_response(
    house: House, steps: list[tuple[int, str, dict[str, Any] | None, int]], data: st.DataObject
) -> None:
    moments = data.draw(st.permutations([20 * place for place in range(len(steps))]))
    with house.database.transaction() as session:
        one, other = ask_ana(session, house.vault), ask_ana(session, house.vault)
    for at, (score, level, answers, folds) in zip(moments, steps, strict=True):
        with house.database.transaction() as session:
            add(session, one, at=at, score=score, level=level, answers=answers)
        for _ in range(folds):
            fold_answers(house)
    with house.database.transaction() as session:
        for at, (score, level, answers, _) in sorted(zip(moments, steps, strict=True), key=lambda each: each[0]):
            add(session, other, at=at, score=score, level=level, answers=answers)
    fold_answers(house)
    fold_answers(house)

    with house.database.reading() as session:
        first, second = (find_response(session, message.enrollment_id) for message in (one, other))
    assert first is not None
    assert second is not None
    for name in ("score", "level", "status", "answers", "first_answered_at", "answered_at"):
        assert getattr(first, name) == getattr(second, name), name


def test_an_answer_that_arrives_while_folding_waits_for_the_next_fold(
    house: House, letter: Letter, records: Records
) -> None:
    with house.database.transaction() as session:
        add(session, letter, score=3)
    fold_answers(house)
    with house.database.transaction() as session:
        add(session, letter, at=5, score=4)

    assert [hit.folded_at is None for hit in records.answers] == [False, True]
    assert fold_answers(house) == 1
    assert records.response is not None
    assert records.response.score == 4
    assert records.response.answered_at <= clock.now() + timedelta(days=365)
