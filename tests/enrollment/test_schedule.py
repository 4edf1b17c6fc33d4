"""A letter arrives in the recipient's own day, wherever the clocks go."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.catalog.definition import Hours
from campaigns.enrollment.schedule import into_hours, is_held_out

DAYTIME = Hours(time(9), time(21))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        pytest.param("2026-11-21 10:00", "Europe/Madrid", "2026-11-21 10:00", id="in the middle of the day"),
        pytest.param("2026-11-21 03:00", "Europe/Madrid", "2026-11-21 08:00", id="at night: the same morning"),
        pytest.param("2026-11-21 20:00", "Europe/Madrid", "2026-11-22 08:00", id="nine in the evening is too late"),
        pytest.param("2026-11-21 10:00", "America/Los_Angeles", "2026-11-21 17:00", id="two at night in California"),
        pytest.param("2026-11-21 10:00", "Pacific/Auckland", "2026-11-21 20:00", id="eleven at night in Auckland"),
        pytest.param("2026-03-29 00:30", "Europe/Berlin", "2026-03-29 07:00", id="the night the clocks go forward"),
        pytest.param("2026-10-25 00:30", "Europe/Berlin", "2026-10-25 08:00", id="the night they go back"),
    ],
)
def test_a_letter_waits_for_the_recipients_morning(moment: str, zone: str, expected: str) -> None:
    assert into_hours(utc(moment), DAYTIME, zone) == utc(expected)


ZONES = st.sampled_from(
    ["Europe/Madrid", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"]
)


@given(
    moment=st.integers(1_577_836_800, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    zone=ZONES,
    bounds=st.lists(st.times(), min_size=2, max_size=2, unique=True).map(sorted),
)
def test_a_letter_is_never_early_never_outside_the_hours_and_never_days_late(
    moment: datetime, zone: str, bounds: list[time]
) -> None:
    hours = Hours(bounds[0], bounds[1])

    planned = into_hours(moment, hours, zone)

    assert planned >= moment
    assert planned - moment < timedelta(days=3)
    assert hours.start <= planned.astimezone(ZoneInfo(zone)).time() < hours.until
    assert into_hours(planned, hours, zone) == planned


def test_the_held_out_share_is_the_share_that_was_asked_for() -> None:
    held = sum(is_held_out(7, purchase, 0.1) for purchase in range(10_000))

    assert 900 < held < 1100
    assert not any(is_held_out(7, purchase, 0) for purchase in range(1000))
    assert is_held_out(7, 42, 0.5) == is_held_out(7, 42, 0.5)
