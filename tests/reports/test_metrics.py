"""Figures are those of the textbooks, and lawful for every number there is."""

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.catalog.scale import SCALES, ScaleName
from campaigns.reports.metrics import net_promoter_score, rate, share

NUMBERS = st.integers(0, 100_000)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        pytest.param(0, 10, 0.0, 0.277533, id="nobody"),
        pytest.param(10, 10, 0.722467, 1.0, id="everybody"),
        pytest.param(1, 10, 0.017876, 0.40415, id="one of ten"),
        pytest.param(5, 10, 0.236593, 0.763407, id="half of few"),
        pytest.param(20, 100, 0.133367, 0.288829, id="a fifth of a hundred"),
        pytest.param(81, 263, 0.255289, 0.36621, id="Newcombe's first"),
        pytest.param(15, 148, 0.062386, 0.160487, id="Newcombe's second"),
        pytest.param(56, 70, 0.691834, 0.876953, id="four fifths"),
    ],
)
def test_a_share_has_the_interval_of_wilson(part: int, whole: int, low: float, high: float) -> None:
    found = share(part, whole)

    assert found is not None
    assert astuple(found) == pytest.approx((part / whole, low, high), abs=1e-6)


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "score", "low", "high"),
    [
        (50, 30, 20, 30.0, 14.051, 44.201),
        (5, 3, 2, 30.0, -19.051, 65.204),
        (3, 2, 1, 33.3333, -26.743, 71.188),
        (0, 10, 0, 0.0, -18.465, 18.465),
        (10, 0, 0, 100.0, 47.504, 100.0),
        (0, 0, 10, -100.0, -100.0, -47.504),
    ],
)
def test_a_promoter_score_has_the_adjusted_interval_of_wald(
    promoters: int, passives: int, detractors: int, score: float, low: float, high: float
) -> None:
    found = net_promoter_score(promoters, passives, detractors)

    assert found is not None
    assert astuple(found) == pytest.approx((score, low, high), abs=1e-3)


def test_of_nothing_there_is_no_figure() -> None:
    assert share(0, 0) is None
    assert net_promoter_score(0, 0, 0) is None
    assert rate(SCALES[ScaleName.CES7], {}).headline is None
    assert rate(SCALES[ScaleName.CES7], {}).mean is None


@given(NUMBERS, NUMBERS)
def test_an_interval_holds_its_share_and_stays_a_share(part: int, rest: int) -> None:
    found = share(part, part + rest)

    if found is not None:
        assert 0 <= found.low <= found.value <= found.high <= 1


@given(NUMBERS, NUMBERS, st.integers(2, 50))
def test_more_answers_of_the_same_share_narrow_the_interval(part: int, rest: int, times: int) -> None:
    few, many = share(part, part + rest), share(part * times, (part + rest) * times)

    if few is not None and many is not None:
        assert many.high - many.low < few.high - few.low


@given(NUMBERS, NUMBERS)
def test_the_interval_of_those_who_did_not_is_the_mirror_of_those_who_did(part: int, rest: int) -> None:
    did, did_not = share(part, part + rest), share(rest, part + rest)

    if did is not None and did_not is not None:
        assert did.low == pytest.approx(1 - did_not.high)
        assert did.high == pytest.approx(1 - did_not.low)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_promoter_score_never_leaves_its_scale(promoters: int, passives: int, detractors: int) -> None:
    found = net_promoter_score(promoters, passives, detractors)

    if found is not None:
        assert -100 <= found.low <= found.value <= found.high <= 100


@pytest.mark.parametrize(
    ("scale", "given_", "value", "mean"),
    [
        (ScaleName.STARS5, {5: 2, 4: 1, 1: 1}, 0.75, 3.75),
        (ScaleName.CSAT5, {5: 1, 3: 3}, 0.25, 3.5),
        (ScaleName.CES7, {5: 1, 6: 1, 7: 1, 4: 1}, 0.75, 5.5),
        (ScaleName.THUMBS, {1: 3, 0: 1}, 0.75, 0.75),
        (ScaleName.NPS11, {10: 2, 9: 1, 8: 5, 7: 1, 6: 1}, 20.0, 8.2),
    ],
)
def test_each_scale_has_its_headline(scale: ScaleName, given_: dict[int, int], value: float, mean: float) -> None:
    rating = rate(SCALES[scale], given_)

    assert rating.headline is not None
    assert rating.headline.value == pytest.approx(value)
    assert rating.mean == pytest.approx(mean)


def test_every_score_of_the_scale_is_shown_and_no_other() -> None:
    rating = rate(SCALES[ScaleName.STARS5], {3: 2, 9: 4})

    assert rating.counts == {1: 0, 2: 0, 3: 2, 4: 0, 5: 0}
    assert rating.n == 2
