"""Whether a letter may leave: the column of guards, case by case, and what ends a letter before what holds it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.catalog.definition import Hours
from campaigns.delivery.permission import Cancel, Hold, Send, Standing, decide
from campaigns.enrollment.states import MessageKind, MessageState

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
GOOD = Standing(
    kind=MessageKind.INVITATION,
    is_stopped=False,
    stop_reason="",
    has_address=True,
    suppression=None,
    is_test=False,
    is_cancelled=False,
    is_refunded=False,
    stop_is_waiting=False,
    is_active=True,
    is_paused=False,
    planned_at=NOW,
    closes_at=NOW + timedelta(days=21),
    invitation=None,
    is_held_out=False,
    last_letter_at=None,
    is_beside_another=False,
    stagger=timedelta(seconds=7),
    cooldown=timedelta(days=30),
    hours=Hours(time(9), time(21)),
    zone="Europe/Madrid",
)
REMINDER = replace(GOOD, kind=MessageKind.REMINDER, invitation=MessageState.SENT)
ENDS: list[tuple[dict[str, Any], str]] = [
    ({"is_stopped": True, "stop_reason": "answered"}, "answered"),
    ({"is_stopped": True, "stop_reason": ""}, "stopped"),
    ({"has_address": False}, "no_address"),
    ({"has_address": False, "suppression": "erased"}, "erased"),
    ({"suppression": "unsubscribed"}, "unsubscribed"),
    ({"suppression": "hard_bounce"}, "hard_bounce"),
    ({"suppression": "complaint"}, "complaint"),
    ({"is_cancelled": True}, "cancelled"),
    ({"is_refunded": True}, "refunded"),
    ({"is_test": True}, "test_order"),
    ({"closes_at": NOW}, "too_old"),
]
HOLDS: list[dict[str, Any]] = [
    {"is_stopped": True, "stop_reason": "held"},
    {"stop_is_waiting": True},
    {"is_active": False},
    {"is_paused": True},
]


@pytest.mark.parametrize("standing", [GOOD, REMINDER], ids=["invitation", "reminder"])
def test_where_nothing_speaks_against_it_a_letter_leaves(standing: Standing) -> None:
    assert decide(standing, NOW) == Send()


@pytest.mark.parametrize(("change", "reason"), ENDS)
@pytest.mark.parametrize("hold", [{}, *HOLDS])
@pytest.mark.parametrize("standing", [GOOD, REMINDER], ids=["invitation", "reminder"])
def test_what_ends_a_letter_ends_it_even_while_it_is_held(
    standing: Standing, hold: dict[str, Any], change: dict[str, Any], reason: str
) -> None:
    assert decide(replace(standing, **{**hold, **change}), NOW) == Cancel(reason)


@pytest.mark.parametrize("hold", HOLDS)
def test_what_may_pass_holds_a_letter_for_a_minute(hold: dict[str, Any]) -> None:
    assert decide(replace(GOOD, **hold), NOW) == Hold(NOW + timedelta(minutes=1))


def test_an_invitation_is_too_old_a_week_after_its_day_and_a_reminder_only_when_the_survey_closes() -> None:
    week = timedelta(days=7)

    assert decide(GOOD, NOW + week - timedelta(seconds=1)) == Send()
    assert decide(GOOD, NOW + week) == Cancel("too_old")
    assert decide(REMINDER, NOW + week) == Send()
    assert decide(REMINDER, NOW + 3 * week) == Cancel("too_old")


@pytest.mark.parametrize("state", [state for state in MessageState if state not in {"sent", "delivered"}])
def test_a_reminder_follows_only_an_invitation_that_surely_left(state: MessageState) -> None:
    assert decide(replace(REMINDER, invitation=state), NOW) == Cancel(f"invitation_{state}")


def test_a_reminder_without_an_invitation_or_held_out_does_not_leave() -> None:
    assert decide(replace(REMINDER, invitation=None), NOW) == Cancel("invitation_missing")
    assert decide(replace(REMINDER, is_held_out=True), NOW) == Cancel("held_out")
    assert decide(replace(GOOD, is_held_out=True), NOW) == Send()


@given(
    minutes=st.integers(0, 7 * 24 * 60 - 1),
    zone=st.sampled_from(["Europe/Madrid", "Asia/Kolkata", "Pacific/Auckland", "America/Los_Angeles", "UTC"]),
)
def test_a_letter_leaves_in_its_recipients_day_or_is_held_until_it_begins(minutes: int, zone: str) -> None:
    standing, now = replace(GOOD, zone=zone), NOW + timedelta(minutes=minutes)

    permission = decide(standing, now)

    if isinstance(permission, Hold):
        assert now < permission.until <= now + timedelta(hours=13)
        assert isinstance(decide(replace(standing, planned_at=permission.until), permission.until), Send)
    else:
        assert permission == Send()


def test_every_reason_fits_its_column() -> None:
    assert max(len(f"invitation_{state}") for state in MessageState) <= 30


def test_a_letter_that_became_late_waits_for_the_cooldown_after_another() -> None:
    another = NOW - timedelta(days=28)

    assert decide(replace(GOOD, last_letter_at=another), NOW) == Hold(another + timedelta(days=30))
    assert decide(replace(GOOD, last_letter_at=NOW - timedelta(days=30)), NOW) == Send()


def test_a_letter_whose_cooldown_outlasts_it_is_cancelled() -> None:
    assert decide(replace(GOOD, last_letter_at=NOW - timedelta(days=1)), NOW) == Cancel("cooldown")


def test_two_letters_to_one_person_are_held_for_different_times() -> None:
    beside = replace(GOOD, is_beside_another=True)

    assert decide(beside, NOW) == Hold(NOW + timedelta(minutes=1, seconds=7))
    assert decide(replace(beside, suppression="unsubscribed"), NOW) == Cancel("unsubscribed")
