"""Response rates count each person once, by the definitions that stand in counting.py."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from campaigns.reports.counting import Scope
from campaigns.reports.queries import By, RateQuery, as_json, closed_counts, daily_rates, response_rates
from tests.factories import ITEMS
from tests.reports.rows import NOW, answer, ask, make_shop, only_row, remind


def test_a_campaign_that_asked_nobody_has_no_rate_rather_than_nought(session: Session) -> None:
    row = only_row(session, make_shop(session))

    assert (row.label, row.eligible, row.rate, row.low, row.high) == ("After delivery", 0, None, None, None)
    assert row.invitation.rate is None
    assert row.reminder.rate is None


def test_nothing_is_counted_twice_by_what_is_joined(session: Session) -> None:
    shop = make_shop(session)
    for order in range(3):
        invitation = ask(session, shop, f"{order}", items=[*ITEMS, {**ITEMS[0], "id": "li_2", "sku": "PLATE"}])
        reminder = remind(session, invitation)
        answer(session, shop, reminder if order else invitation)

    row = only_row(session, shop)

    assert (row.eligible, row.sent, row.responses, row.confirmed) == (3, 3, 3, 3)
    assert (row.invitation.sent, row.reminder.sent) == (3, 3)


def test_an_answer_belongs_to_the_letter_that_brought_it(session: Session) -> None:
    shop = make_shop(session)
    answer(session, shop, ask(session, shop, "at once"))
    answer(session, shop, remind(session, ask(session, shop, "reminded")))
    remind(session, ask(session, shop, "silent"))
    remind(session, ask(session, shop, "not reminded yet"), state="scheduled")

    row = only_row(session, shop)

    assert (row.invitation.sent, row.invitation.responses, row.invitation.rate) == (4, 1, 0.25)
    assert (row.reminder.sent, row.reminder.responses, row.reminder.rate) == (2, 1, 0.5)
    assert row.rate == 0.5


def test_an_answer_proves_that_a_letter_in_doubt_left(session: Session) -> None:
    shop = make_shop(session)
    answer(session, shop, ask(session, shop, "1", "in_doubt"))

    row = only_row(session, shop)

    assert (row.eligible, row.sent, row.responses) == (1, 1, 1)
    assert (row.invitation.sent, row.invitation.responses) == (1, 1)


def test_no_merchant_sees_the_figures_of_another(session: Session) -> None:
    harbour, kiln = make_shop(session), make_shop(session, "Kiln & Co")
    answer(session, harbour, ask(session, harbour, "1"))
    ask(session, kiln, "1")

    assert only_row(session, kiln).responses == 0
    assert only_row(session, harbour).eligible == 1
    for by in By:
        rows = response_rates(
            session, RateQuery(merchant_id=kiln.merchant.id, now=NOW, by=by, campaign_id=harbour.version.campaign_id)
        )
        assert sum(row.eligible for row in rows) == 0


def test_days_are_the_days_invitations_left_also_for_answers_to_reminders(session: Session) -> None:
    shop = make_shop(session)
    ask(session, shop, "1", sent_on=date(2026, 11, 3))
    invitation = ask(session, shop, "2", sent_on=date(2026, 11, 3))
    answer(session, shop, remind(session, invitation))
    ask(session, shop, "3", sent_on=date(2026, 11, 9))
    ask(session, shop, "4", "failed")

    rows = response_rates(session, RateQuery(merchant_id=shop.merchant.id, now=NOW, by=By.DAY))

    found = [(row.key, row.eligible, row.responses) for row in rows]
    assert found == [("2026-11-03", 2, 1), ("2026-11-09", 1, 0), ("undated", 1, 0)]


def test_since_leaves_out_older_letters_and_keeps_newer_failures(session: Session) -> None:
    shop = make_shop(session)
    ask(session, shop, "old", sent_on=date(2026, 11, 2))
    ask(session, shop, "new", sent_on=date(2026, 11, 3))
    ask(session, shop, "old failure", "failed", due_at=NOW - timedelta(days=30))
    ask(session, shop, "new failure", "failed", due_at=NOW)

    row = only_row(session, shop, since=date(2026, 11, 3))

    assert (row.eligible, row.sent) == (2, 1)


def test_rows_by_store_and_language_add_up_to_the_whole(session: Session) -> None:
    shop = make_shop(session)
    ask(session, shop, "1", locale="de")
    answer(session, shop, ask(session, shop, "2", locale="de"))
    ask(session, shop, "3", locale="ar")

    languages = response_rates(session, RateQuery(merchant_id=shop.merchant.id, now=NOW, by=By.LOCALE))
    (store,) = response_rates(session, RateQuery(merchant_id=shop.merchant.id, now=NOW, by=By.STORE))

    assert [(row.key, row.eligible, row.responses) for row in languages] == [("ar", 1, 0), ("de", 2, 1)]
    assert (store.key, store.eligible, store.responses) == (str(shop.store.id), 3, 1)


def test_an_order_counts_once_for_each_of_its_products(session: Session) -> None:
    shop = make_shop(session)
    mug, plate = ITEMS[0], {**ITEMS[0], "id": "li_2", "sku": "", "name": "Plate"}
    answer(session, shop, ask(session, shop, "1", items=[mug, {**mug, "id": "li_3"}, plate]))
    ask(session, shop, "2", items=[{**mug, "name": "Mug, blue"}])
    ask(session, shop, "3", items=[])

    rows = response_rates(session, RateQuery(merchant_id=shop.merchant.id, now=NOW, by=By.PRODUCT))

    found = [(row.key, row.label, row.eligible, row.responses) for row in rows]
    assert found == [("MUG", "Mug, blue", 2, 1), ("Plate", "Plate", 1, 1)]


def test_a_row_is_printed_in_the_documented_shape(session: Session) -> None:
    shop = make_shop(session)
    answer(session, shop, ask(session, shop, "1"))

    printed = as_json(only_row(session, shop))

    assert printed["key"] == str(shop.version.campaign_id)
    assert printed["rate"] == 1.0
    assert printed["low"] == pytest.approx(0.206549, abs=1e-6)
    assert printed["invitation"] == {"sent": 1, "responses": 1, "rate": 1.0, "low": printed["low"], "high": 1.0}
    assert printed["reminder"] == {"sent": 0, "responses": 0, "rate": None, "low": None, "high": None}
    assert {"eligible", "sent", "delivered", "responses", "confirmed", "high"} <= printed.keys()


def test_days_of_all_campaigns_are_read_in_one_query(session: Session) -> None:
    shop = make_shop(session)
    for order in range(5):
        ask(session, shop, f"{order}", sent_on=date(2026, 11, 1 + order))
    asked: list[str] = []
    listen = (session.get_bind(), "before_cursor_execute", lambda *found: asked.append(found[2]))
    event.listen(*listen)

    days = daily_rates(session, RateQuery(merchant_id=shop.merchant.id, now=NOW))

    event.remove(*listen)
    assert len(days[shop.version.campaign_id]) == 5
    assert len(asked) == 1


def test_the_closed_rate_counts_the_failures_too(session: Session) -> None:
    shop = make_shop(session)
    letters = [
        ask(session, shop, str(number), state) for number, state in enumerate(["sent", "sent", "failed", "in_doubt"])
    ]
    answer(session, shop, letters[0])
    later = NOW + timedelta(days=22)

    [closed] = closed_counts(session, Scope(merchant_id=shop.merchant.id, now=later)).values()

    assert (closed.responses, closed.eligible) == (1, 4)
    assert closed_counts(session, Scope(merchant_id=shop.merchant.id, now=NOW)) == {}
