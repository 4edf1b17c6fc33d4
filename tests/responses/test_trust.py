"""What one request shows, and what many answers come to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.responses.trust import Belief, Given, Level, Suspicion, Visit, believe, fold

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHONE = "Mozilla/5.0 (Linux; Android 15; CUBOT X90) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"
PRESS = Visit(method="POST", user_agent=PHONE, page_age=timedelta(seconds=9))
TOLD = replace(PRESS, claim=Level.PROVISIONAL)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_look_is_only_observed(method: str) -> None:
    assert believe(Visit(method=method, user_agent=PHONE)) == Belief(Level.OBSERVED)


def test_a_look_keeps_what_speaks_against_it() -> None:
    assert believe(Visit(method="HEAD", user_agent="")).reasons == (Suspicion.BOT_UA,)


def test_a_press_is_confirmed_and_a_page_alone_is_provisional() -> None:
    assert believe(PRESS) == Belief(Level.CONFIRMED)
    assert believe(TOLD) == Belief(Level.PROVISIONAL)
    assert believe(replace(PRESS, claim=Level.CONFIRMED)) == Belief(Level.CONFIRMED)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"purpose": "prefetch;prerender"}, Suspicion.PREFETCH),
        ({"is_webdriver": True}, Suspicion.WEBDRIVER),
    ],
)
def test_what_no_person_can_do_makes_even_a_press_suspect(changes: dict[str, object], reason: Suspicion) -> None:
    for visit in (PRESS, TOLD):
        assert believe(replace(visit, **changes)) == Belief(Level.SUSPECT, (reason,))  # type: ignore[arg-type]  # one case each


@pytest.mark.parametrize("age", [timedelta(milliseconds=499), timedelta(seconds=-3)])
def test_haste_tells_against_a_page_alone_and_only_flags_a_press(age: timedelta) -> None:
    assert believe(replace(TOLD, page_age=age)) == Belief(Level.SUSPECT, (Suspicion.HASTY,))
    assert believe(replace(PRESS, page_age=age)) == Belief(Level.CONFIRMED, (Suspicion.HASTY,))


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "Slackbot-LinkExpanding 1.0",
        "SkypeUriPreview Preview/0.5",
        "curl/8.5",
        "python-requests/2.32",
        "HeadlessChrome/142",
    ],
)
def test_a_robots_name_tells_against_a_page_alone_but_not_against_a_press(name: str) -> None:
    assert believe(replace(TOLD, user_agent=name)).level is Level.SUSPECT
    assert believe(replace(PRESS, user_agent=name)) == Belief(Level.CONFIRMED, (Suspicion.BOT_UA,))


def answer(at: float, score: int, level: Level, answers: dict[str, object] | None = None, hit_id: int = 0) -> Given:
    return Given(
        hit_id=hit_id or int(at * 10) + 1,
        message_id=7,
        level=level,
        score=score,
        answers=answers,  # type: ignore[arg-type]  # plain words in tests
        at=NOON + timedelta(seconds=at),
    )


P, C, X = Level.PROVISIONAL, Level.CONFIRMED, Level.SUSPECT


def result(*hits: Given) -> tuple[Level, int]:
    folded = fold(hits)
    assert folded is not None
    return folded.level, folded.score


def test_nothing_given_is_no_response() -> None:
    assert fold([]) is None


def test_the_latest_confirmed_wins_and_nothing_later_that_is_less_overrides_it() -> None:
    assert result(answer(0, 1, C), answer(5, 4, C)) == (C, 4)
    assert result(answer(0, 4, C), answer(600, 1, P), answer(700, 2, X)) == (C, 4)
    assert result(answer(0, 1, P), answer(600, 4, C)) == (C, 4)


def test_provisional_answers_a_while_apart_are_a_change_of_mind() -> None:
    assert result(answer(0, 1, P), answer(61, 4, P)) == (P, 4)


def test_different_scores_within_a_minute_are_a_scanner() -> None:
    burst = [answer(second, second + 1, P) for second in range(5)]

    assert result(*burst) == (X, 5)
    assert result(*burst, answer(900, 4, C)) == (C, 4)
    assert result(*burst, answer(900, 4, P)) == (P, 4)
    assert result(answer(0, 4, P), answer(1, 4, P)) == (P, 4)


def test_a_score_alone_erases_no_answers_and_a_later_form_replaces_them() -> None:
    full = answer(0, 2, C, {"why": "late"})

    only_score, other_form = fold([full, answer(9, 3, C)]), fold([full, answer(9, 3, C, {})])

    assert only_score is not None
    assert (only_score.score, only_score.answers) == (3, {"why": "late"})
    assert other_form is not None
    assert other_form.answers == {}


def test_a_response_belongs_to_the_letter_that_first_brought_an_answer_that_counts() -> None:
    suspect = replace(answer(0, 1, X), message_id=1)
    first, second = replace(answer(9, 4, C), message_id=2), replace(answer(99, 5, C), message_id=3)

    folded = fold([second, suspect, first])

    assert folded is not None
    assert (folded.message_id, folded.first_at, folded.at) == (2, first.at, second.at)


HITS = st.lists(
    st.builds(
        answer,
        at=st.integers(0, 300),
        score=st.integers(1, 5),
        level=st.sampled_from([P, C, X]),
        answers=st.none() | st.just({"comment": "x"}) | st.just({}),
    ),
    max_size=8,
    unique_by=lambda hit: hit.hit_id,
)


@given(HITS, st.randoms())
def test_folding_is_the_same_in_every_order_and_twice_is_as_once(hits: list[Given], random: object) -> None:
    doubled = hits + hits[: len(hits) // 2]
    random.shuffle(doubled)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random

    assert fold(doubled) == fold(hits)


@given(HITS)
def test_suspects_decide_only_where_there_is_nothing_else(hits: list[Given]) -> None:
    believed = [hit for hit in hits if hit.level is not X]
    folded = fold(believed)

    if folded is not None and folded.level is not X:
        assert fold(hits) == folded
