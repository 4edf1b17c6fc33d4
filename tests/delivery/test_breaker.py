"""Sending stops by itself only where chance is no explanation any more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery.breaker import LIMITS, Cause, lower_bound, most_letters, refuses_sender, trips
from campaigns.reports.metrics import share

CASES = [
    (Cause.COMPLAINTS, 0, 100, False, "nobody complained"),
    (Cause.COMPLAINTS, 2, 10, False, "two are never enough"),
    (Cause.COMPLAINTS, 3, 3000, False, "just at the limit: chance"),
    (Cause.COMPLAINTS, 3, 1100, False, "0.27 %, and still too few to tell"),
    (Cause.COMPLAINTS, 3, 900, True, "0.33 % of nine hundred"),
    (Cause.COMPLAINTS, 30, 20_000, True, "0.15 %, and no doubt"),
    (Cause.COMPLAINTS, 22, 20_000, False, "0.11 %, and some doubt"),
    (Cause.BOUNCES, 19, 19, False, "nineteen are never enough"),
    (Cause.BOUNCES, 20, 20, True, "everything came back"),
    (Cause.BOUNCES, 20, 300, False, "6.7 %, and some doubt"),
    (Cause.BOUNCES, 20, 200, True, "10 %"),
    (Cause.BOUNCES, 500, 20_000, False, "2.5 %"),
    (Cause.BOUNCES, 30, 20, True, "told of more than we know to have left"),
]


@pytest.mark.parametrize(("cause", "bad", "letters", "stops", "why"), CASES, ids=[case[4] for case in CASES])
def test_a_campaign_stops_where_the_figures_leave_no_doubt(
    cause: Cause, bad: int, letters: int, stops: bool, why: str
) -> None:
    assert trips(cause, bad, letters) is stops, why


@given(cause=st.sampled_from(list(LIMITS)), bad=st.integers(0, 3000), letters=st.integers(1, 2_000_000))
def test_it_never_stops_while_the_lower_end_of_the_interval_is_under_the_limit(
    cause: Cause, bad: int, letters: int
) -> None:
    bad = min(bad, letters)
    estimate = share(bad, letters)

    assert estimate is not None
    assert lower_bound(bad, letters) == pytest.approx(estimate.low, abs=1e-9)
    if trips(cause, bad, letters):
        assert estimate.low > LIMITS[cause].share
        assert bad >= LIMITS[cause].fewest


@given(cause=st.sampled_from(list(LIMITS)), bad=st.integers(3, 3000))
def test_counting_may_end_where_more_letters_would_change_nothing(cause: Cause, bad: int) -> None:
    most = most_letters(cause, bad)

    assert not trips(cause, bad, most + 1)
    assert most == 0 or trips(cause, bad, most - 1)


@pytest.mark.parametrize(
    ("authentication", "refusals", "letters", "stops"),
    [
        (1, 1, 1, True),  # a record is wrong, and the first letter shows it
        (1, 1, 100, True),
        (1, 1, 101, False),  # somebody forwards their mail
        (0, 2, 2, False),
        (0, 3, 3, True),
        (0, 3, 301, False),
        (0, 0, 0, False),
    ],
)
def test_a_domain_stops_at_three_refusals_or_one_that_names_authentication(
    authentication: int, refusals: int, letters: int, stops: bool
) -> None:
    assert refuses_sender(authentication, refusals, letters) is stops
