"""Who is asked: a table of cases, each with the reason everybody will read."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.audience.asking import Asking
from campaigns.catalog.definition import Hours
from campaigns.enrollment.eligibility import SENTENCES, Enroll, Facts, Reason, Skip, Wait, decide

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ANA = Facts(
    is_test=False,
    is_cancelled=False,
    is_refunded=False,
    address_problem="",
    merchant_is_active=True,
    campaign_is_paused=False,
    suppression=None,
    happened_at=NOW - timedelta(minutes=1),
    delay=3 * DAY,
    hours=Hours(time(9), time(21)),
    zone="Europe/Madrid",
    restored_at=None,
    cooldown=30 * DAY,
    reminder_after=5 * DAY,
    letters=(),
)


def test_ana_is_asked_three_days_after_the_event_itself() -> None:
    assert decide(ANA, NOW) == Enroll(NOW - timedelta(minutes=1) + 3 * DAY)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"is_test": True}, Reason.TEST_ORDER, id="a test order"),
        pytest.param({"is_test": True, "happened_at": None}, Reason.TEST_ORDER, id="a test order before its trigger"),
        pytest.param({"is_cancelled": True}, Reason.CANCELLED, id="cancelled"),
        pytest.param({"is_refunded": True}, Reason.REFUNDED, id="refunded"),
        pytest.param({"address_problem": "missing"}, Reason.NO_ADDRESS, id="no address"),
        pytest.param({"address_problem": "invalid"}, Reason.INVALID_ADDRESS, id="an address with a line break"),
        pytest.param({"address_problem": "relay"}, Reason.RELAY_ADDRESS, id="a marketplace's alias"),
        pytest.param({"merchant_is_active": False}, Reason.MERCHANT_INACTIVE, id="merchant switched off"),
        pytest.param({"campaign_is_paused": True}, Reason.CAMPAIGN_PAUSED, id="campaign paused"),
        pytest.param({"happened_at": NOW - 11 * DAY}, Reason.TOO_OLD, id="eight days late"),
        pytest.param(
            {"happened_at": NOW - 4 * DAY, "restored_at": NOW - DAY / 2}, Reason.RESTORED, id="due before a restore"
        ),
        pytest.param({"suppression": "unsubscribed"}, Reason.UNSUBSCRIBED, id="Ben unsubscribed"),
        pytest.param({"suppression": "hard_bounce"}, Reason.HARD_BOUNCE, id="Dev's address bounces"),
        pytest.param({"letters": (NOW - 7 * DAY,)}, Reason.COOLDOWN, id="Chloe was asked last week"),
        pytest.param({"asking": Asking.NEVER}, Reason.NOT_WANTED, id="she chose never"),
        pytest.param({"asking": Asking.NEVER, "suppression": "complaint"}, Reason.COMPLAINT, id="a complaint is more"),
        pytest.param(
            {"asking": Asking.YEARLY, "letters": (NOW - 300 * DAY,)}, Reason.ASKED_THIS_YEAR, id="asked this year"
        ),
        pytest.param(
            {"asking": Asking.YEARLY, "letters": (NOW + 90 * DAY,)}, Reason.ASKED_THIS_YEAR, id="asked later this year"
        ),
        pytest.param(
            {"asking": Asking.TROUBLE, "trouble_at": NOW, "letters": (NOW - 7 * DAY,)},
            Reason.COOLDOWN,
            id="trouble within the cooldown",
        ),
        pytest.param({"letters": (NOW + 20 * DAY,)}, Reason.COOLDOWN, id="a reminder is still to come"),
    ],
)
def test_a_person_is_skipped_with_the_reason(change: dict[str, object], reason: Reason) -> None:
    decision = decide(replace(ANA, **change), NOW)  # type: ignore[arg-type]  # a table of mixed fields

    assert isinstance(decision, Skip)
    assert decision.reason is reason


def test_without_its_event_a_campaign_waits() -> None:
    assert decide(replace(ANA, happened_at=None), NOW) == Wait()


def test_who_wants_to_be_asked_only_about_trouble_waits_until_there_is_some() -> None:
    assert decide(replace(ANA, asking=Asking.TROUBLE), NOW) == Wait(Reason.NOTHING_WRONG)


def test_trouble_is_asked_about_from_its_own_day_on() -> None:
    """An order of last month, of which something came back today, is no memory."""
    facts = replace(ANA, asking=Asking.TROUBLE, happened_at=NOW - 40 * DAY, trouble_at=NOW)

    assert decide(facts, NOW) == Enroll(NOW + 3 * DAY)


def test_once_a_year_is_once_a_year() -> None:
    facts = replace(ANA, asking=Asking.YEARLY, letters=(NOW - 363 * DAY,))

    assert isinstance(decide(facts, NOW), Enroll)


def test_a_late_webhook_is_asked_about_at_once_within_hours() -> None:
    assert decide(replace(ANA, happened_at=NOW - 5 * DAY), NOW) == Enroll(NOW)


@pytest.mark.parametrize("happened_at", [NOW - 2 * DAY, NOW - 3 * DAY + timedelta(minutes=1)])
def test_who_was_to_be_asked_only_after_a_restore_is_asked(happened_at: datetime) -> None:
    """However long before it the order was made."""
    facts = replace(ANA, happened_at=happened_at, restored_at=NOW)

    assert isinstance(decide(facts, NOW + timedelta(minutes=2)), Enroll)


@given(
    happened=st.timedeltas(min_value=-9 * DAY, max_value=DAY),
    delay=st.timedeltas(min_value=timedelta(), max_value=5 * DAY),
    decided=st.timedeltas(min_value=-9 * DAY, max_value=timedelta()),
    again=st.timedeltas(min_value=timedelta(), max_value=9 * DAY),
)
def test_whose_letter_may_have_left_before_a_restore_gets_none_after_it(
    happened: timedelta, delay: timedelta, decided: timedelta, again: timedelta
) -> None:
    """Whenever it was decided on the first time, and whenever the shop tells of it again."""
    ana = replace(ANA, happened_at=NOW + happened, delay=delay)
    first = decide(ana, NOW + decided)

    if isinstance(first, Enroll) and first.planned_at < NOW:
        assert isinstance(decide(replace(ana, restored_at=NOW), NOW + again), Skip)


def test_a_reminder_that_would_crowd_another_letter_is_given_up_and_not_the_invitation() -> None:
    planned = NOW - timedelta(minutes=1) + 3 * DAY
    facts = replace(ANA, reminder_after=20 * DAY, letters=(planned + 45 * DAY,))

    assert decide(facts, NOW) == Enroll(planned, may_remind=False)


def test_a_letter_exactly_the_cooldown_ago_is_no_hindrance() -> None:
    facts = replace(ANA, happened_at=NOW, delay=timedelta(), letters=(NOW - 30 * DAY,))

    assert isinstance(decide(facts, NOW), Enroll)


def test_every_reason_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


@given(
    late=st.timedeltas(min_value=-5 * DAY, max_value=9 * DAY),
    delay=st.timedeltas(min_value=timedelta(), max_value=20 * DAY),
    letters=st.lists(st.timedeltas(min_value=-60 * DAY, max_value=60 * DAY), max_size=4),
)
def test_nobody_is_ever_planned_within_the_cooldown_or_the_past(
    late: timedelta, delay: timedelta, letters: list[timedelta]
) -> None:
    facts = replace(ANA, happened_at=NOW - delay - late, delay=delay, letters=tuple(NOW + each for each in letters))

    decision = decide(facts, NOW)

    if isinstance(decision, Enroll):
        assert decision.planned_at >= NOW
        assert all(abs(decision.planned_at - letter) >= facts.cooldown for letter in facts.letters)
