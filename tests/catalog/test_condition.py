"""The grammar of `when`: it compares, and can do nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.catalog.condition import Answer, parse_condition


@pytest.mark.parametrize(
    ("text", "answers", "holds"),
    [
        ("score <= 3", {"score": 3}, True),
        ("score <= 3", {"score": 4}, False),
        ("score < 3", {"score": 3}, False),
        ("score >= 9", {"score": 10}, True),
        ("score > 9", {"score": 9}, False),
        ("score != 5", {"score": 4}, True),
        ("why == 'late'", {"why": "late"}, True),
        ('why != "late"', {"why": "broken"}, True),
        ("why == 'late'", {}, False),
        ("why != 'late'", {}, False),
        ("liked == 'price'", {"liked": ["price", "look"]}, True),
        ("liked != 'price'", {"liked": ["look"]}, True),
        ("score <= 2 or score >= 5 and why == 'late'", {"score": 1}, True),
        ("score <= 2 or score >= 5 and why == 'late'", {"score": 5, "why": "broken"}, False),
        ("score>=1 and score<=2", {"score": 2}, True),
        ("why < 3", {"why": "late"}, False),
    ],
)
def test_a_condition_holds_as_it_reads(text: str, answers: dict[str, Answer], holds: bool) -> None:
    assert parse_condition(text).holds(answers) is holds


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "a comparison is a name"),
        ("score", "a comparison is a name"),
        ("score <= ", "a comparison is a name"),
        ("score = 3", "'= 3'"),
        ("score <= three", "'three' where a number"),
        ("3 <= score", "'3' where the name"),
        ("score 3 <=", "where one of <="),
        ("score <= 3 xor score > 5", "only 'and' or 'or'"),
        ("why < 'late'", "== and != only"),
        ("__import__('os')", "__import__"),
        ("score <= 3; drop", "'; drop'"),
        ("score <= 3 and", "a comparison is a name"),
        ("(score <= 3)", "'(score"),
        ("score <= 3 " * 40, "longer than 200"),
    ],
)
def test_a_mistake_in_a_condition_is_named(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        parse_condition(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else_happens(text: str) -> None:
    try:
        condition = parse_condition(text)
    except ValueError:
        return
    assert condition.holds({"score": 1}) in {True, False}
