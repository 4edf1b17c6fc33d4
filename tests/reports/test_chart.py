"""The chart stays within its frame and marks what can still change."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.reports.chart import BARS_HEIGHT, RATES_HEIGHT, ceiling, draw
from campaigns.reports.counting import Counts

TODAY = date(2026, 11, 21)


@st.composite
def counts(draw_: st.DrawFn) -> Counts:
    eligible = draw_(st.integers(1, 5_000))
    by_invitation = draw_(st.integers(0, eligible))
    by_reminder = draw_(st.integers(0, eligible - by_invitation))
    return Counts(
        eligible=eligible, responses=by_invitation + by_reminder, by_invitation=by_invitation, by_reminder=by_reminder
    )


DAYS = st.dictionaries(st.integers(0, 400).map(lambda ago: TODAY - timedelta(days=ago)), counts(), min_size=1)


@given(DAYS)
def test_everything_is_drawn_within_the_frame(by_day: dict[date, Counts]) -> None:
    chart = draw(by_day, TODAY, TODAY - timedelta(days=21))

    assert chart is not None
    assert chart.bars
    for bar in chart.bars:
        assert 0 <= bar.x < bar.x + bar.width <= 100
        assert 0 <= bar.invited + bar.reminded <= bar.asked + 1e-6 <= BARS_HEIGHT + 1e-5
    for week in chart.weeks:
        assert -1e-6 <= week.high <= week.y <= week.low <= RATES_HEIGHT + 1e-6


@given(st.integers(1, 10**9), st.sampled_from([1, 0.01]))
def test_an_axis_ends_at_or_above_what_it_shows_and_not_far_above(value: int, unit: float) -> None:
    top = ceiling(value * unit, unit)

    assert value * unit <= top * (1 + 1e-6)
    assert top <= 2.6 * value * unit


def test_nothing_to_draw_is_no_chart() -> None:
    assert draw({}, TODAY, TODAY) is None


def test_days_that_can_still_be_answered_are_marked() -> None:
    asked = Counts(eligible=10)
    chart = draw({TODAY: asked, TODAY - timedelta(days=30): asked}, TODAY, TODAY - timedelta(days=21))

    assert chart is not None
    assert [bar.is_open for bar in chart.bars] == [False, True]
    assert [bar.title.endswith("still coming in") for bar in chart.bars] == [False, True]
    assert [week.is_open for week in chart.weeks] == [False, True]


def test_a_campaign_that_ended_long_ago_is_drawn_where_it_ended() -> None:
    last = TODAY - timedelta(days=300)

    chart = draw({last: Counts(eligible=1)}, TODAY, TODAY)

    assert chart is not None
    assert [bar.x + bar.width for bar in chart.bars] == [pytest.approx(100, abs=1)]
