"""Answers are read against the survey that asked, never trusted as they were sent."""

from hypothesis import given
from hypothesis import strategies as st

from campaigns.catalog.campaign_file import read_definition
from campaigns.catalog.survey import LONGEST_TEXT, Survey, clean_text, say
from tests.factories import CAMPAIGN

EXTRA = {
    "question": [
        *CAMPAIGN["question"],
        {
            "key": "liked",
            "kind": "choices",
            "text": {"en": "What did you like?"},
            "options": [{"key": "price", "text": {"en": "Price"}}, {"key": "look", "text": {"en": "Look"}}],
        },
        {"key": "speed", "kind": "scale", "scale": "ces7", "text": {"en": "How easy was it?"}},
    ]
}


def survey() -> Survey:
    return read_definition({**CAMPAIGN, **EXTRA}).survey


def read(score: int, **sent: list[str]) -> dict[str, object]:
    return dict(survey().read(score, lambda key: sent.get(key, [])))


def test_every_kind_of_answer_is_read() -> None:
    answers = read(2, why=["late"], comment=[" Fine \r\n thanks "], liked=["look", "price", "look"], speed=["7"])

    assert answers == {"why": "late", "comment": "Fine \n thanks", "liked": ["price", "look"], "speed": 7}


def test_what_was_not_asked_is_left_out() -> None:
    assert read(5, why=["late"]) == {}
    assert read(2, why=["no such option"], liked=["nope"], speed=["8"], comment=["   "], other=["x"]) == {}
    assert read(2, speed=["٣"]) == {}


def test_a_question_is_shown_when_its_condition_holds() -> None:
    assert [each.key for each in survey().shown({"score": 5})] == ["comment", "liked", "speed"]
    assert [each.key for each in survey().shown({"score": 1})] == ["why", "comment", "liked", "speed"]


def test_direction_overrides_and_control_characters_are_dropped_and_joiners_kept() -> None:
    assert clean_text("a\u202eb\x00c\u2066d") == "abcd"
    assert clean_text("👨\u200d👩\u200d👧 می\u200cخواهم") == "👨\u200d👩\u200d👧 می\u200cخواهم"


@given(st.text())
def test_a_cleaned_text_is_short_storable_and_clean_already(text: str) -> None:
    cleaned = clean_text(text)

    assert len(cleaned) <= LONGEST_TEXT
    assert "\x00" not in cleaned
    cleaned.encode()
    assert clean_text(cleaned) == cleaned


def test_words_are_said_in_the_nearest_language_there_is() -> None:
    texts = {"en": "Why?", "pt-BR": "Por quê?", "de": "Warum?"}

    assert say(texts, "pt_BR") == ("Por quê?", "pt-BR")
    assert say(texts, "de-AT") == ("Warum?", "de")
    assert say(texts, "ar") == ("Why?", "en")
    assert say({"fr": "Pourquoi ?"}, "ar") == ("Pourquoi ?", "fr")
