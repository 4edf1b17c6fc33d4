"""Figures are said so that nobody reads more into them than there is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.catalog.campaign_file import read_definition
from campaigns.enrollment.eligibility import Reason
from campaigns.reports import words
from tests.factories import CAMPAIGN


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0 %"),
        (0.0004, "under 0.1 %"),
        (0.042, "4.2 %"),
        (0.0994, "9.9 %"),
        (0.0996, "10 %"),
        (0.174, "17 %"),
        (0.996, "99.6 %"),
        (0.9999, "over 99.9 %"),
        (1, "100 %"),
    ],
)
def test_percents_are_whole_where_that_says_enough(value: float, said: str) -> None:
    assert words.percent(value).replace("\u202f", " ") == said


@given(st.floats(0, 1), st.integers(2, 100_000))
def test_only_nobody_and_everybody_are_said_as_such(value: float, n: int) -> None:
    part = round(value * n)

    said = words.percent(part / n).replace("\u202f", " ")

    assert (said == "0 %") == (part == 0)
    assert (said == "100 %") == (part == n)


@pytest.mark.parametrize(("value", "said"), [(30, "+30"), (0, "0"), (-0.2, "0"), (-48.4, "−48")])
def test_a_promoter_score_has_its_sign(value: float, said: str) -> None:
    assert words.points(value) == said


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        (timedelta(days=3), "3 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(0), "0 seconds"),
    ],
)
def test_a_duration_is_said_in_the_largest_unit_that_fits(duration: timedelta, said: str) -> None:
    assert words.span(duration) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Asks 3 days after an order is fulfilled, reminds 5 days later, closes after 21 days"),
        ({"delay": "PT0S", "trigger": "order.paid"}, "Asks as soon as an order is paid, reminds 5 days later"),
    ],
)
def test_a_plan_is_said_in_one_line(values: dict[str, Any], said: str) -> None:
    assert words.plan(read_definition({**CAMPAIGN, **values})).startswith(said)


@pytest.mark.parametrize(
    ("score", "highest", "said"), [(4, 5, "4 of 5"), (0, 10, "0 of 10"), (1, 1, "Up"), (0, 1, "Down")]
)
def test_a_score_is_said_with_the_end_of_its_scale(score: int, highest: int, said: str) -> None:
    assert words.given(score, highest) == said


def test_times_are_the_merchants() -> None:
    assert words.moment(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "Europe/Dublin") == "2 Jul, 00:30"


def test_every_reason_has_its_sentence_and_an_unknown_one_is_still_said() -> None:
    assert all(words.because(reason).endswith(".") for reason in Reason)
    assert words.because("moon_phase") == "Moon phase."
