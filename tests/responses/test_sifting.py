"""What looks sent by a machine is held with its reasons; what a person writes is shown at once."""

from datetime import timedelta
from typing import Any

import pytest

from campaigns.responses.sifting import CommentLevel, Doubt, Told, clean_comment, digest_of, sift

BLANK: dict[str, Any] = {
    "text": "The blue mug is lovely, thank you.",
    "name": "Ana",
    "trap": "",
    "age": timedelta(seconds=20),
    "is_touched": True,
    "is_robot": False,
    "is_repeated": False,
}


@pytest.mark.parametrize(
    ("facts", "level", "doubts"),
    [
        ({}, "confirmed", []),
        ({"is_touched": False}, "confirmed", ["untouched"]),  # no script runs there
        ({"age": timedelta(seconds=3)}, "confirmed", []),
        ({"age": timedelta(seconds=2.9)}, "held", ["hasty"]),
        ({"trap": "https://spam.example"}, "held", ["trap"]),
        ({"trap": "  "}, "confirmed", []),
        ({"is_robot": True}, "held", ["robot"]),
        ({"is_repeated": True}, "held", ["repeated"]),
        ({"text": "I saw it on https://harbour.example first"}, "confirmed", ["link"]),
        ({"text": "I saw it on www.harbour.example", "is_touched": False}, "held", ["link", "untouched"]),
        ({"text": "http://a.example and https://b.example"}, "held", ["links"]),
        ({"text": "cheap-pills.xyz now, cheap-pills.shop then"}, "held", ["links"]),
        ({"text": "[url=x]buy[/url] <a href=x>buy</a>"}, "held", ["links"]),
        ({"name": "casino.com"}, "held", ["links"]),
        ({"text": "4.5 stars. Came on 3.12.2026, cost 12.50"}, "confirmed", []),
    ],
)
def test_a_comment_is_sifted_by_rule(facts: dict[str, Any], level: str, doubts: list[str]) -> None:
    sifted = sift(Told(**{**BLANK, **facts}))

    assert (sifted.level, list(sifted.doubts)) == (CommentLevel(level), [Doubt(each) for each in doubts])


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  Lovely  ", "Lovely"),
        ("one\r\ntwo", "one\ntwo"),
        ("a\x00b\x1bc", "abc"),
        ("evil\u202etxt", "eviltxt"),
        ("x" * 5000, "x" * 2000),
        ("z" + "\u0301" * 50 + "!", "z" + "\u0301" * 4 + "!"),
        ("Tiếng Việt, עִבְרִית, العَرَبِيَّة, 👩‍🚀", "Tiếng Việt, עִבְרִית, العَرَبِيَّة, 👩‍🚀"),
        ("\u202e\x00 ", ""),
    ],
)
def test_a_comment_is_cleaned_as_answers_are(sent: str, kept: str) -> None:
    assert clean_comment(sent) == kept


def test_the_same_words_are_the_same_however_they_are_written_and_a_few_words_are_everybodys() -> None:
    assert digest_of("Cheap pills, buy them NOW") == digest_of("cheap  pills,\nbuy them now")
    assert digest_of("Great!") == ""
