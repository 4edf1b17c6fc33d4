"""An address is written one way, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import is_relay, normalise
from campaigns.errors import InvalidAddress


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Ana@Example.COM ", "ana@example.com"),
        ("ana+shop@example.com", "ana+shop@example.com"),
        ("ana@BÜCHER.example", "ana@bücher.example"),
        ("josé@example.com", "josé@example.com"),
    ],
)
def test_an_address_is_normalised(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text(max_size=60))
def test_any_text_is_an_address_of_one_line_or_refused_without_repeating_it(text: str) -> None:
    try:
        address = normalise(text)
    except InvalidAddress as error:
        assert str(error) == InvalidAddress.__doc__
    else:
        assert address.isprintable()
        assert normalise(address) == address


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("scs.tiktokw.us", True),
        ("scs2.tiktok.com", True),
        ("marketplace.amazon.co.uk", True),
        ("members.ebay.com", True),
        ("notmarketplace.amazon.example", False),
        ("privaterelay.appleid.com", False),
        ("example.com", False),
    ],
)
def test_marketplaces_relays_are_known(domain: str, expected: bool) -> None:
    assert is_relay(f"x@{domain}") is expected
