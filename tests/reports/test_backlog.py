"""What waits is counted right, by indexes, and only so far."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from campaigns.database import Database
from campaigns.delivery.halt import EVERYBODY, Halt
from campaigns.reports.backlog import backlog
from campaigns.reports.progress import progress
from tests.reports.rows import NOW, ask, make_shop

A_MINUTE = timedelta(minutes=1)


def test_an_empty_house_has_nothing_waiting(session: Session) -> None:
    found = backlog(session, NOW)

    assert found.oldest_due_at is None
    assert (found.due, found.merchants_due, found.sending, found.senders, found.in_doubt) == (0, 0, 0, 0, 0)
    assert (found.receipts, found.purchases, found.answers) == (0, 0, 0)
    assert (found.is_all_halted, found.merchants_halted) == (False, 0)


def test_what_waits_is_counted_over_all_merchants(session: Session) -> None:
    first, second = make_shop(session), make_shop(session, "Kiln & Co")
    ask(session, first, "1", "scheduled", due_at=NOW - A_MINUTE)
    ask(session, first, "2", "deferred", due_at=NOW - 3 * A_MINUTE)
    ask(session, second, "3", "scheduled", due_at=NOW)
    ask(session, second, "4", "scheduled", due_at=NOW + A_MINUTE)
    ask(session, first, "5", "sending", lease="a")
    ask(session, first, "6", "sending", lease="a")
    ask(session, second, "7", "sending", lease="b")
    ask(session, second, "8", "in_doubt", lease="c")
    ask(session, second, "9", "failed")
    ask(session, second, "10", "sent")
    session.add_all([Halt(merchant_id=EVERYBODY, since=NOW), Halt(merchant_id=second.merchant.id, since=NOW)])

    found = backlog(session, NOW)

    assert found.oldest_due_at == NOW - 3 * A_MINUTE
    assert (found.due, found.merchants_due) == (3, 2)
    assert (found.sending, found.senders) == (3, 2)
    assert found.in_doubt == 1
    assert (found.is_all_halted, found.merchants_halted) == (True, 1)


def test_one_merchant_is_told_what_waits_of_its_own(session: Session) -> None:
    ours, theirs = make_shop(session), make_shop(session, "Kiln & Co")
    for shop, letters in ((ours, "1"), (theirs, "234")):
        for order in letters:
            ask(session, shop, order, "scheduled", due_at=NOW)
            ask(session, shop, f"{order}s", "sending", lease=f"of {order}")
            ask(session, shop, f"{order}d", "in_doubt", lease="c")
    session.add_all([Halt(merchant_id=EVERYBODY, since=NOW), Halt(merchant_id=theirs.merchant.id, since=NOW)])

    found = backlog(session, NOW, ours.merchant.id)

    assert (found.due, found.merchants_due, found.sending, found.senders, found.in_doubt) == (1, 1, 1, 1, 1)
    assert (found.is_all_halted, found.merchants_halted) == (True, 0)


def test_counting_stops(session: Session) -> None:
    shop = make_shop(session)
    for order in "12345":
        ask(session, shop, order, "scheduled", due_at=NOW)

    assert backlog(session, NOW, most=2).due == 2


def statements(database: Database, session: Session, look: Any) -> list[tuple[str, Any]]:
    """Return what a look asks the database, with its parameters."""
    asked: list[tuple[str, Any]] = []

    def note(*given: Any) -> None:
        asked.append((given[2], given[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    look(session, NOW)
    event.remove(database.engine, "before_cursor_execute", note)
    return asked


def plan(session: Session, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN " if session.get_bind().dialect.name == "sqlite" else "EXPLAIN "
    rows = session.connection().exec_driver_sql(explain + statement, parameters)
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("look", [backlog, progress])
def test_no_look_reads_all_letters_however_many_there_are(database: Database, look: Any) -> None:
    with database.transaction() as session:
        ask(session, make_shop(session), "1", "sending", lease="a")
        if not database.is_sqlite:  # or so few rows are read faster as they lie
            session.execute(text("SET LOCAL enable_seqscan = off"))
        asked = statements(database, session, look)
        plans = [plan(session, *each) for each in asked]

    assert asked
    of_letters = [each for each in plans if "message" in each]
    assert of_letters
    for each in of_letters:
        assert "ix_message_sent_on (merchant_id=?)" not in each, each
        assert not re.search(r"SCAN message(?! USING)|Seq Scan on message", each), each
        assert not re.search(r"(SCAN|Scan using) (message USING INDEX )?(pk_message|sqlite_autoindex)", each), each
