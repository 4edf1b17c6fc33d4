"""A survey laid out for one visitor."""

import json

from campaigns.catalog.campaign_file import read_definition
from campaigns.catalog.condition import Answer
from campaigns.catalog.survey import Survey
from campaigns.responses.sheet import Item, lay_out, read_again, typed

QUESTIONS = [
    {
        "key": "why",
        "kind": "choices",
        "when": "score <= 3",
        "text": {"en": "What went wrong?", "de": "Was ging schief?"},
        "options": [
            {"key": "late", "text": {"en": "Late"}},
            {"key": "other", "text": {"en": "Other", "de": "Anderes"}},
        ],
    },
    {"key": "say", "kind": "text", "when": "why == 'other' and score < 3", "text": {"en": "What?"}},
    {"key": "ease", "kind": "scale", "scale": "nps11", "text": {"en": "Easy?"}},
]


def survey() -> Survey:
    return read_definition({"name": "x", "question": QUESTIONS}).survey


def items(score: int | None, answers: dict[str, object], locale: str = "en") -> dict[str, Item]:
    sheet = lay_out(survey(), locale, score, answers)  # type: ignore[arg-type]  # plain words in tests
    return {item.key: item for item in sheet.items}


def test_questions_are_shown_by_score_and_by_earlier_answers() -> None:
    def shown(score: int | None, answers: dict[str, object]) -> list[str]:
        return [key for key, item in items(score, answers).items() if item.is_shown]

    assert shown(None, {}) == ["ease"]
    assert shown(2, {}) == ["why", "ease"]
    assert shown(2, {"why": ["other"]}) == ["why", "say", "ease"]
    assert shown(5, {"why": ["other"]}) == ["ease"]


def test_a_page_without_a_script_is_told_which_scores_show_a_question() -> None:
    found = items(4, {})

    assert found["why"].scores == "1 2 3"
    assert found["say"].scores == "", "it hangs on another answer too"
    assert found["ease"].scores == found["ease"].when == ""


def test_a_page_with_a_script_is_told_the_condition() -> None:
    assert json.loads(items(4, {})["say"].when) == [[["why", "==", "other"], ["score", "<", 3]]]


def test_words_in_another_language_than_the_page_say_so() -> None:
    why = items(2, {}, locale="de")["why"]

    assert (why.text, why.lang) == ("Was ging schief?", "")
    assert [(choice.text, choice.lang) for choice in why.choices] == [("Late", "en"), ("Anderes", "")]


def test_what_was_answered_is_filled_in() -> None:
    found = items(2, {"why": ["other"], "say": "Rain", "ease": 0})

    assert [choice.is_chosen for choice in found["why"].choices] == [False, True]
    assert (found["say"].value, found["ease"].value) == ("Rain", "0")
    assert found["ease"].is_answered


def test_what_was_typed_is_kept_whether_it_was_asked_or_not() -> None:
    sent = {"why": ["late"], "say": ["Rain"], "ease": ["99"]}

    assert typed(survey(), lambda key: sent.get(key, [])) == {"why": ["late"], "say": "Rain"}


def test_reading_answers_again_leaves_out_what_a_score_does_not_ask() -> None:
    answers: dict[str, Answer] = {"why": ["other"], "say": "Rain", "ease": 7}

    assert read_again(survey(), 2, answers) == answers
    assert read_again(survey(), 3, answers) == {"why": ["other"], "ease": 7}
    assert read_again(survey(), 5, answers) == {"ease": 7}
