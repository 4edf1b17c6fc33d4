"""An address made for a letter names it, and nobody else makes one."""

import timeit
from email import message_from_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.delivery.inbound.verp import Named, ReturnPaths, Way
from campaigns.inbound_settings import InboundSettings
from tests.delivery.inbound.conftest import BOUNCES, Sent

PATHS = ReturnPaths(("k" * 40, "older" * 8), BOUNCES)


@settings(max_examples=30)
@given(st.integers(0, 2**63 - 1))
def test_every_letter_is_read_back_from_its_addresses(message_id: int) -> None:
    bounces, replies = PATHS.bounces(message_id), PATHS.replies(message_id)

    assert PATHS.read(bounces) == Named(Way.BOUNCES, message_id)
    assert PATHS.read(replies) == Named(Way.REPLIES, message_id)
    assert PATHS.read(f" <{bounces.upper()}> ") == Named(Way.BOUNCES, message_id)
    assert len(bounces.partition("@")[0]) <= 64  # RFC 5321


@settings(max_examples=100)
@given(st.integers(0, 40), st.characters(codec="ascii"))
def test_a_changed_address_is_nobodys(place: int, character: str) -> None:
    address = PATHS.bounces(1042)
    changed = address[:place] + character + address[place + 1 :]

    assert PATHS.read(changed) in {None, Named(Way.BOUNCES, 1042)}
    assert PATHS.read(changed) is None or changed.strip().lower().strip("<>") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "b+",
        "ana@example.com",
        f"b+1042@{BOUNCES}",
        f"b+1042.{'0' * 16}@{BOUNCES}",
        "b+1." + "é" * 16 + f"@{BOUNCES}",
    ],
)
def test_what_was_not_made_here_is_nobodys(address: str) -> None:
    assert PATHS.read(address) is None


def test_one_way_does_not_open_the_other() -> None:
    assert PATHS.read("r" + PATHS.bounces(1042)[1:]) is None


def test_a_key_that_was_rotated_out_still_reads_and_a_foreign_one_does_not() -> None:
    before = ReturnPaths(("older" * 8,), BOUNCES).bounces(7)

    assert PATHS.read(before) == Named(Way.BOUNCES, 7)
    assert ReturnPaths(("foreign" * 8,), BOUNCES).read(before) is None
    assert ReturnPaths(("older" * 8,), "elsewhere.example").read(before) is None
    assert ReturnPaths(("older" * 8,), "").read(ReturnPaths(("older" * 8,), "").bounces(7)) is None


def test_an_address_is_found_wherever_it_stands() -> None:
    text = f"Return-Path: <b+1.{'0' * 16}@{BOUNCES}>\nReturn-Path: <{PATHS.bounces(8)}>; xb+2.00"

    assert PATHS.first_in(text) == Named(Way.BOUNCES, 8)
    assert PATHS.first_in("x" + PATHS.bounces(8)) is None


def test_a_letter_leaves_with_its_own_return_path_and_place_for_replies(sent: Sent) -> None:
    paths = ReturnPaths(sent.house.settings.secret_keys, BOUNCES)

    assert paths.read(sent.sender) == Named(Way.BOUNCES, sent.message_id)
    assert paths.read(message_from_bytes(sent.letter)["Reply-To"]) == Named(Way.REPLIES, sent.message_id)
    assert sent.sender.encode() not in sent.letter


@pytest.mark.parametrize("inbound", [InboundSettings()])
def test_without_a_domain_for_it_a_letter_says_the_merchants_addresses(sent: Sent, inbound: InboundSettings) -> None:
    assert sent.sender == "hello@harbour.example"
    assert message_from_bytes(sent.letter)["Reply-To"] == "care@harbour.example"
    assert not inbound.bounce_domain


@pytest.mark.drill
def test_an_address_costs_no_more_than_a_few_microseconds() -> None:
    assert min(timeit.repeat(lambda: PATHS.bounces(123456789), number=10_000, repeat=5)) / 10_000 < 20e-6
