"""What a refusal means follows from its numbers, and a letter is tried less and less often."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery.feedback import LADDER, Meaning, meaning_of, next_try

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        (None, "", Meaning.LATER),
        (421, "4.3.2", Meaning.LATER),
        (451, "", Meaning.LATER),
        (452, "4.2.2", Meaning.LATER),
        (550, "5.1.1", Meaning.HARD_BOUNCE),
        (550, "5.1.2", Meaning.HARD_BOUNCE),
        (553, "5.1.3", Meaning.HARD_BOUNCE),
        (550, "5.1.6", Meaning.HARD_BOUNCE),
        (550, "5.1.10", Meaning.HARD_BOUNCE),
        (550, "", Meaning.REFUSED),
        (550, "5.0.0", Meaning.REFUSED),
        (550, "5.1.0", Meaning.REFUSED),
        (552, "5.2.2", Meaning.REFUSED),
        (552, "5.3.4", Meaning.REFUSED),
        (None, "5.6.7", Meaning.REFUSED),
        (550, "5.1.8", Meaning.SENDER_REFUSED),
        (554, "5.7.1", Meaning.SENDER_REFUSED),
        (550, "5.7.26", Meaning.SENDER_REFUSED),
        (550, "5.7.515", Meaning.SENDER_REFUSED),
    ],
)
def test_numbers_have_a_meaning(code: int | None, status: str, meaning: Meaning) -> None:
    assert meaning_of(code, status) is meaning


@given(code=st.integers(100, 999), status=st.from_regex(r"([245]\.\d{1,3}\.\d{1,3})?", fullmatch=True))
def test_only_a_permanent_refusal_that_names_the_address_is_a_hard_bounce(code: int, status: str) -> None:
    if meaning_of(code, status) is Meaning.HARD_BOUNCE:
        assert 500 <= code < 600
        assert status.startswith("5.1.")


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
    assert max(again) - min(again) > timedelta(seconds=14)
