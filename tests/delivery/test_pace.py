"""A new relay begins slowly, and whoever asks for mercy gets it, for as long as it is needed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery.pace import DAY, FLOOR, WARM_UP, Slowed, daily_limit, recover, slow_down, warmed_up

FIRST = date(2026, 12, 1)
rates = st.floats(0, 10_000)


@pytest.mark.parametrize(("day", "letters"), [(-3, 50), (0, 50), (1, 100), (2, 500), (4, 5_000), (11, 250_000)])
def test_a_new_relay_sends_more_every_day(day: int, letters: int) -> None:
    assert daily_limit(FIRST, FIRST + timedelta(days=day)) == letters
    assert warmed_up(FIRST, FIRST + timedelta(days=day), None) == letters / DAY


def test_a_warm_relay_and_one_that_was_never_cold_go_at_their_own_rate() -> None:
    assert daily_limit(FIRST, FIRST + timedelta(days=len(WARM_UP))) is None
    assert warmed_up(FIRST, FIRST + timedelta(days=len(WARM_UP)), 14) == 14
    assert warmed_up(FIRST, FIRST + timedelta(days=400), None) is None
    assert warmed_up(None, FIRST, 14) == 14
    assert warmed_up(None, FIRST, None) is None


@given(day=st.integers(-10, 400), rate=st.one_of(st.none(), st.floats(0.01, 1000)))
def test_a_warm_up_never_exceeds_the_rate_and_never_shrinks(day: int, rate: float | None) -> None:
    today, tomorrow = (warmed_up(FIRST, FIRST + timedelta(days=each), rate) for each in (day, day + 1))

    assert today is None or tomorrow is None or today <= tomorrow
    assert rate is None or (today is not None and 0 < today <= rate)


def test_the_pace_is_halved_for_each_trouble_and_once_for_one() -> None:
    first = slow_down(None, measured=40, at=1000)
    assert (first.rate, first.before) == (20, 40)
    assert slow_down(first, measured=40, at=1004) is first

    second = slow_down(first, measured=20, at=1006)
    assert 9.9 < second.rate < 10.1
    assert second.before == 40


def test_a_tenth_of_the_old_pace_is_gained_each_quiet_minute_until_all_is_forgotten() -> None:
    slowed = Slowed(rate=20, before=40, at=1000)

    assert recover(slowed, 1000) == 20
    assert recover(slowed, 1060) == pytest.approx(24)
    assert recover(slowed, 1299) is not None
    assert recover(slowed, 1301) is None
    assert slow_down(slowed, measured=50, at=1301).before == 50


def test_a_first_letter_that_is_refused_is_no_end() -> None:
    slowed = slow_down(None, measured=0, at=0)

    assert slowed.rate == FLOOR
    assert recover(slowed, 299) is not None
    assert recover(slowed, 301) is None


@given(measured=st.lists(st.tuples(rates, st.floats(0, 1000)), min_size=1, max_size=20))
def test_the_pace_never_falls_below_the_floor_and_is_always_given_back(measured: list[tuple[float, float]]) -> None:
    slowed, at = None, 0.0
    for rate, passed in measured:
        at += passed
        allowed = recover(slowed, at) if slowed else None
        slowed = slow_down(slowed, rate, at)

        assert slowed.rate >= FLOOR
        assert allowed is None or slowed.rate <= max(FLOOR, allowed)
    assert slowed is not None
    assert recover(slowed, at + 601) is None


@given(passed=st.floats(0, 2000), more=st.floats(0, 100))
def test_without_trouble_the_pace_only_grows(passed: float, more: float) -> None:
    slowed = Slowed(rate=1, before=50, at=0)
    now, later = recover(slowed, passed), recover(slowed, passed + more)

    assert later is None or (now is not None and now <= later)
    assert recover(slowed, -60) == 1
