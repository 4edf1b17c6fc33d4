import pytest

from campaigns.catalog.scale import SCALES, ScaleName
from campaigns.composition.words import rating_words
from campaigns.languages import speak
from tests.composition.cast import LANGUAGES


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("scale", ScaleName)
def test_every_score_of_every_scale_has_its_own_label_and_both_ends_have_words(scale: ScaleName, locale: str) -> None:
    words = rating_words(speak(locale), scale, "Harbour Mugs")

    labels = [words.label(score) for score in SCALES[scale].scores]
    titles = [words.title(score) for score in SCALES[scale].scores]
    assert len(set(labels)) == len(set(titles)) == len(labels)
    assert all(labels + titles)
    assert "Harbour Mugs" in words.question
    assert words.low
    assert words.high
    assert words.low != words.high


def test_numbers_stand_alone_and_faces_carry_words() -> None:
    stars, faces, thumbs = (
        rating_words(speak("en"), scale, "Harbour Mugs")
        for scale in (ScaleName.STARS5, ScaleName.CSAT5, ScaleName.THUMBS)
    )

    assert (stars.label(4), stars.mark(4), stars.title(4)) == ("4", "★", "4 of 5")
    assert (faces.label(4), faces.word(4), faces.title(4)) == ("🙂 Good", "Good", "4 of 5")
    assert (thumbs.label(0), thumbs.title(1)) == ("👎 Not good", "Good")


def test_a_scale_speaks_the_customers_language() -> None:
    assert rating_words(speak("de"), ScaleName.NPS11, "Hafen").title(9) == "9 von 10"
    assert rating_words(speak("ar"), ScaleName.STARS5, "ميناء").low == "سيئ جدًا"
