"""One clock, aware and in UTC, and durations that have a length."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import clock
from campaigns.clock import first_zone, parse_duration


@pytest.fixture(autouse=True)
def back_to_now() -> Iterator[None]:
    yield
    clock.shift(timedelta())


def test_the_time_is_aware_and_can_be_moved() -> None:
    clock.shift(timedelta(days=6))

    assert timedelta(days=5, hours=23) < clock.now() - datetime.now(UTC) < timedelta(days=6, hours=1)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P3D", timedelta(days=3)),
        ("PT2H30M", timedelta(minutes=150)),
        ("P1W", timedelta(weeks=1)),
        ("PT0S", timedelta()),
    ],
)
def test_a_duration_is_read(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@given(st.text(max_size=12))
def test_anything_else_is_a_value_error(text: str) -> None:
    try:
        assert parse_duration(text) >= timedelta()
    except ValueError:
        pass


def test_the_first_name_that_is_a_zone_is_taken() -> None:
    assert first_zone("", None, "Mars/Olympus", "../etc/passwd", "Europe/Madrid", "Asia/Tokyo") == "Europe/Madrid"
    assert first_zone("", "\x00") == "UTC"
