"""Who gets which variant can be worked out from two ids, by anybody, and comes out in the shares that were asked for."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.catalog.variant import Variant, variant_of
from campaigns.enrollment.schedule import is_held_out

ids = st.integers(1, 2**63 - 1)


def variant(name: str, share: float) -> Variant:
    return Variant(name=name, share=share, subject={"en": name}, preheader={})


B, C = variant("b", 0.5), variant("c", 0.25)


@given(campaign_id=ids, enrollment_id=ids)
def test_the_same_two_ids_get_the_same_variant(campaign_id: int, enrollment_id: int) -> None:
    digest = hashlib.sha256(f"variant.{campaign_id}.{enrollment_id}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64

    found = variant_of([B, C], campaign_id, enrollment_id)

    assert found == (B if place < 0.5 else C if place < 0.75 else None)


@given(campaign_id=ids, enrollment_id=ids)
def test_without_variants_all_get_the_campaigns_words_and_with_a_whole_share_nobody_does(
    campaign_id: int, enrollment_id: int
) -> None:
    assert variant_of([], campaign_id, enrollment_id) is None
    assert variant_of([variant("b", 1)], campaign_id, enrollment_id) is not None


def test_variants_come_in_their_shares() -> None:
    found = [variant_of([B, C], 7, number) for number in range(4000)]

    for wanted, share in ((B, 0.5), (C, 0.25), (None, 0.25)):
        assert found.count(wanted) / 4000 == pytest.approx(share, abs=0.03)


def test_who_gets_a_variant_says_nothing_about_who_is_held_out() -> None:
    numbers = range(4000)
    held_out = [is_held_out(7, number, 0.5) for number in numbers]
    of_b = [held for number, held in zip(numbers, held_out, strict=True) if variant_of([B], 7, number)]

    assert sum(of_b) / len(of_b) == pytest.approx(0.5, abs=0.04)


def test_another_campaign_draws_anew() -> None:
    same = sum(variant_of([B], 7, number) == variant_of([B], 8, number) for number in range(4000))

    assert same / 4000 == pytest.approx(0.5, abs=0.04)
