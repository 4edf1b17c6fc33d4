"""Who says that it is too early is asked later, and never more often."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.audience.asking import Asking
from campaigns.catalog.definition import Hours
from campaigns.enrollment.calling_off import called_off
from campaigns.enrollment.eligibility import Reason
from campaigns.enrollment.later import PUT_OFF, STAYS_OPEN, Later, Waiting, ask_later
from campaigns.enrollment.states import MessageState as S

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ANA = Waiting(
    invitation=S.SENT,
    reminder=S.SCHEDULED,
    reminder_due_at=NOW + 2 * DAY,
    reminder_reason="",
    may_remind=True,
    stop_reason="",
    closes_at=NOW + 6 * DAY,
    hours=Hours(time(9), time(21)),
    zone="Europe/Madrid",
)
IN_FIVE_DAYS = NOW + 5 * DAY


@pytest.mark.parametrize(
    ("change", "due"),
    [
        pytest.param({}, IN_FIVE_DAYS, id="a reminder to come is moved"),
        pytest.param({"reminder_due_at": NOW + 9 * DAY}, NOW + 9 * DAY, id="one that is later already stays"),
        pytest.param({"reminder": S.DEFERRED}, IN_FIVE_DAYS, id="one a server put off is moved"),
        pytest.param({"reminder": None, "reminder_due_at": None}, IN_FIVE_DAYS, id="none was planned: this is the one"),
        pytest.param(
            {"reminder": S.CANCELLED, "reminder_reason": "answered", "stop_reason": "answered"},
            IN_FIVE_DAYS,
            id="the click that led here had called it off",
        ),
        pytest.param({"reminder": S.SENT}, None, id="she was reminded"),
        pytest.param({"reminder": S.SENDING}, None, id="it is leaving"),
        pytest.param({"reminder": S.IN_DOUBT}, None, id="it may have left"),
        pytest.param({"reminder": S.FAILED}, None, id="it was refused"),
        pytest.param({"reminder": S.CANCELLED, "reminder_reason": "refunded"}, None, id="a refund called it off"),
        pytest.param({"stop_reason": "unsubscribed"}, None, id="she unsubscribed"),
        pytest.param({"stop_reason": "not_wanted"}, None, id="she chose never to be asked"),
        pytest.param({"may_remind": False}, None, id="held out, or within a cooldown"),
        pytest.param({"invitation": S.SCHEDULED, "reminder": None}, None, id="she is still to be asked at all"),
        pytest.param({"invitation": S.BOUNCED, "reminder": None}, None, id="the address is dead"),
    ],
)
def test_whether_a_letter_follows(change: dict[str, object], due: datetime | None) -> None:
    later = ask_later(replace(ANA, **change), NOW)  # type: ignore[arg-type]  # a table of mixed fields

    assert later.due_at == due
    assert later.closes_at == (due or NOW + PUT_OFF) + STAYS_OPEN, "the link outlives the day she is asked again"


def test_it_arrives_within_her_day_and_shortens_nothing() -> None:
    night = NOW.replace(hour=23)

    later = ask_later(replace(ANA, closes_at=NOW + 90 * DAY), night)

    assert later == Later(datetime(2026, 11, 27, 8, 0, tzinfo=UTC), NOW + 90 * DAY)


def test_a_link_that_never_closes_stays_so() -> None:
    assert ask_later(replace(ANA, closes_at=None), NOW).closes_at is None


@given(reminder=st.sampled_from([None, *S]), invitation=st.sampled_from(list(S)), due=st.integers(-9, 40))
def test_nobody_is_asked_sooner_nor_after_a_reminder_that_may_have_left(
    reminder: S | None, invitation: S, due: int
) -> None:
    waiting = replace(ANA, reminder=reminder, invitation=invitation, reminder_due_at=NOW + due * DAY)

    later = ask_later(waiting, NOW)

    if later.due_at is not None:
        assert later.due_at >= max(NOW + PUT_OFF, NOW + due * DAY)
        assert reminder in {None, S.SCHEDULED, S.DEFERRED}


@pytest.mark.parametrize(
    ("asking", "about", "reason"),
    [
        (Asking.ALWAYS, {}, None),
        (Asking.NEVER, {"is_this": True, "is_invited": True}, Reason.NOT_WANTED),
        (Asking.YEARLY, {}, Reason.ASKED_THIS_YEAR),
        (Asking.YEARLY, {"is_this": True}, None),
        (Asking.YEARLY, {"is_invited": True}, None),
        (Asking.TROUBLE, {}, Reason.NOTHING_WRONG),
        (Asking.TROUBLE, {"has_trouble": True}, None),
        (Asking.TROUBLE, {"is_invited": True}, None),
    ],
)
def test_what_a_choice_calls_off(asking: Asking, about: dict[str, bool], reason: Reason | None) -> None:
    blank = {"is_this": False, "is_invited": False, "has_trouble": False}

    assert called_off(asking, **{**blank, **about}) == reason
