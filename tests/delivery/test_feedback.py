"""What a refusal means follows from its numbers, and a letter is tried less and less often."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery.feedback import LADDER, Meaning, asks_for_mercy, meaning_of, next_try

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


LATER, REFUSED = Meaning.LATER, Meaning.REFUSED
BOUNCE, SENDER = Meaning.HARD_BOUNCE, Meaning.SENDER_REFUSED


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        (None, "", LATER),
        (None, "5.6.7", REFUSED),
        pytest.param(421, "4.3.2", LATER, id="shutting down"),
        pytest.param(421, "4.7.26", LATER, id="Gmail: unauthenticated, for now"),
        pytest.param(450, "4.2.1", LATER, id="Gmail: gets too much mail at the moment"),
        pytest.param(451, "4.7.1", LATER, id="greylisted"),
        pytest.param(452, "4.2.2", LATER, id="mailbox full, for now"),
        pytest.param(454, "", LATER, id="Amazon: too fast"),
        pytest.param(454, "4.7.0", LATER, id="sign-in is out of order"),
        pytest.param(451, "5.1.1", LATER, id="the code decides, not the class of the status"),
        pytest.param(550, "4.7.1", LATER, id="contradicts itself"),
        pytest.param(550, "5.1.1", BOUNCE, id="no such mailbox"),
        pytest.param(550, "5.1.2", BOUNCE, id="no such system"),
        pytest.param(553, "5.1.3", BOUNCE, id="not an address"),
        pytest.param(550, "5.1.6", BOUNCE, id="moved away"),
        pytest.param(550, "5.1.10", BOUNCE, id="Microsoft: not found; null MX"),
        pytest.param(556, "5.1.10", BOUNCE, id="null MX"),
        pytest.param(556, "", BOUNCE, id="domain takes no mail"),
        pytest.param(550, "", REFUSED, id="half of them are spam filters"),
        pytest.param(554, "", REFUSED, id="Yahoo: policy, in words only"),
        pytest.param(550, "5.0.0", REFUSED, id="says nothing"),
        pytest.param(550, "5.1.0", REFUSED, id="something about an address"),
        pytest.param(550, "5.1.4", REFUSED, id="ambiguous"),
        pytest.param(550, "5.2.0", REFUSED, id="something about a mailbox"),
        pytest.param(550, "5.2.1", REFUSED, id="disabled, or Gmail: gets too much mail"),
        pytest.param(552, "5.2.2", LATER, id="mailbox full"),
        pytest.param(552, "5.2.3", REFUSED, id="too long for this mailbox"),
        pytest.param(552, "", LATER, id="out of storage"),
        pytest.param(552, "5.3.4", REFUSED, id="too big for this system"),
        pytest.param(552, "5.7.0", SENDER, id="Gmail: blocked for its content"),
        pytest.param(554, "5.3.1", LATER, id="system full"),
        pytest.param(521, "5.3.2", LATER, id="takes no mail at present"),
        pytest.param(554, "5.3.0", REFUSED, id="something about a system"),
        pytest.param(550, "5.4.1", REFUSED, id="Microsoft: access denied"),
        pytest.param(550, "5.4.4", REFUSED, id="cannot be routed"),
        pytest.param(550, "5.4.5", SENDER, id="Google: sent its fill for today"),
        pytest.param(554, "5.4.6", REFUSED, id="goes in circles"),
        pytest.param(550, "5.4.14", REFUSED, id="Microsoft: goes in circles"),
        pytest.param(501, "5.5.4", REFUSED, id="a parameter it does not like"),
        pytest.param(503, "5.5.1", SENDER, id="sign in first"),
        pytest.param(530, "5.5.1", SENDER, id="Gmail: sign in first"),
        pytest.param(530, "5.7.0", SENDER, id="STARTTLS first"),
        pytest.param(534, "5.7.9", SENDER, id="sign in with something stronger"),
        pytest.param(535, "5.7.8", SENDER, id="wrong password"),
        pytest.param(535, "", SENDER, id="wrong password, bare"),
        pytest.param(538, "5.7.11", SENDER, id="encrypt first"),
        pytest.param(550, "5.6.7", REFUSED, id="knows no such alphabet"),
        pytest.param(553, "5.1.7", SENDER, id="sender's address is malformed"),
        pytest.param(550, "5.1.8", SENDER, id="sender's domain does not exist"),
        pytest.param(554, "5.7.1", SENDER, id="relay denied, or any other policy"),
        pytest.param(550, "5.7.25", SENDER, id="no reverse DNS"),
        pytest.param(550, "5.7.26", SENDER, id="Gmail: unauthenticated"),
        pytest.param(550, "5.7.64", SENDER, id="Microsoft: relay denied"),
        pytest.param(550, "5.7.515", SENDER, id="Microsoft: unauthenticated"),
        pytest.param(550, "5.7.708", SENDER, id="Microsoft: sender's network is not trusted"),
        pytest.param(550, "5.7.2", REFUSED, id="a list closed to us"),
        pytest.param(550, "5.7.17", REFUSED, id="mailbox has a new owner"),
        pytest.param(550, "5.7.124", REFUSED, id="Microsoft: a closed group"),
        pytest.param(550, "5.7.133", REFUSED, id="Microsoft: a closed group"),
    ],
)
def test_numbers_have_a_meaning(code: int | None, status: str, meaning: Meaning) -> None:
    assert meaning_of(code, status) is meaning


statuses = st.from_regex(r"([245]\.\d{1,3}\.\d{1,3})?", fullmatch=True)


@given(code=st.integers(100, 999), status=statuses)
def test_only_a_permanent_refusal_that_names_the_address_is_a_hard_bounce(code: int, status: str) -> None:
    if meaning_of(code, status) is Meaning.HARD_BOUNCE:
        assert 500 <= code < 600
        assert status[1:4] == ".1." or (code, status) == (556, "")


@given(code=st.integers(100, 499) | st.integers(600, 999), status=statuses)
def test_what_is_not_said_to_be_permanent_is_tried_again(code: int, status: str) -> None:
    assert meaning_of(code, status) is Meaning.LATER


@pytest.mark.parametrize(
    ("code", "status", "is_plea"),
    [
        (421, "", True),
        (421, "4.7.28", True),
        (450, "", True),
        (451, "4.3.0", True),
        (452, "4.3.1", True),
        (454, "", True),
        (432, "4.7.12", True),
        pytest.param(452, "4.2.2", False, id="one mailbox is full"),
        pytest.param(450, "4.2.1", False, id="one person gets too much mail"),
        pytest.param(451, "4.1.8", False, id="one sender's domain is not found"),
        (250, "2.0.0", False),
        (550, "5.7.1", False),
        (550, "4.7.1", False),
        (None, "", False),
    ],
)
def test_a_plea_for_mercy_is_heard(code: int | None, status: str, is_plea: bool) -> None:
    assert asks_for_mercy(code, status) is is_plea


def test_the_ladder_goes_from_five_minutes_to_six_hours() -> None:
    assert [step.total_seconds() / 60 for step in LADDER] == [5, 15, 30, 60, 180, 360]


@given(message_id=st.integers(1, 2**62), attempts=st.integers(1, 100))
def test_each_try_waits_at_least_its_step_and_never_a_quarter_more(message_id: int, attempts: int) -> None:
    wait = next_try(message_id, attempts, NOW) - NOW
    step = LADDER[min(attempts, len(LADDER)) - 1]

    assert step <= wait <= step * 1.25
    assert wait < next_try(message_id, attempts + 1, NOW) - NOW or attempts >= len(LADDER)
    assert next_try(message_id, attempts, NOW) - NOW == wait


def test_letters_that_failed_together_come_back_apart() -> None:
    again = {next_try(message_id, 1, NOW) for message_id in range(1000)}

    assert len(again) > 990
    assert max(again) - min(again) > timedelta(seconds=70)
