"""An older copy of the database gives itself away, and no healthy one is ever taken for one."""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from campaigns.delivery.watermark import BEFORE_SENT, EVERY, Mark, View, Watermark, is_older_copy
from campaigns.enrollment.message import Message
from campaigns.enrollment.restoration import restore
from campaigns.enrollment.states import LEFT, MOVES
from campaigns.enrollment.states import MessageState as S
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from tests.delivery.stage import Clock, Outbox, all_messages, ask, shift, states
from tests.factories import NOW

MARK = Mark(database="one", restored_at=None, message_id=7, at=NOW)
VIEW = View(database="one", restored_at=None, state="sent")
RESTORATIONS = st.none() | st.integers(1, 3).map(lambda hours: NOW + timedelta(hours=hours))


def mark_of(house: House) -> Path:
    return house.settings.instance / "journals" / "watermark"


def forget(house: House, *message_ids: int) -> None:
    """Take letters back to where a backup would have them, with all that followed."""
    blank: dict[str, Any] = {"state": "scheduled", "sent_at": None, "sent_on": None, "attempts": 0}
    with house.database.transaction() as session:
        session.execute(update(Message).where(Message.id.in_(message_ids)).values(**blank))
        for message in all_messages(house.database):
            if message.kind == "reminder":
                session.delete(session.get_one(Message, message.id))


@pytest.fixture
def older_copy(house: House, message_id: int) -> House:
    """A database that has forgotten the one letter that left."""
    shift(house, Outbox()).work()
    forget(house, message_id)
    return house


def test_a_letter_on_record_as_sent_is_never_back_where_it_was_before() -> None:
    reachable = set(LEFT)
    while more := {new for state in reachable for new in MOVES[state]} - reachable:
        reachable |= more

    assert not reachable & BEFORE_SENT
    assert not is_older_copy(MARK, replace(VIEW, state="bounced"))


@pytest.mark.parametrize("state", [None, *sorted(BEFORE_SENT)])
def test_a_copy_that_does_not_know_that_a_letter_left_is_older(state: str | None) -> None:
    assert is_older_copy(MARK, replace(VIEW, state=state))
    assert not is_older_copy(MARK, replace(VIEW, state=state, database="another"))


@given(marked=RESTORATIONS, known=RESTORATIONS, state=st.none() | st.sampled_from([state.value for state in S]))
def test_a_restoration_that_was_told_of_settles_the_matter_and_one_forgotten_raises_it_again(
    marked: datetime | None, known: datetime | None, state: str | None
) -> None:
    found = is_older_copy(replace(MARK, restored_at=marked), replace(VIEW, restored_at=known, state=state))

    if marked == known:
        assert found is (state is None or state in BEFORE_SENT)
    else:
        assert found is (known is None or (marked is not None and known < marked))


def test_a_shift_leaves_its_last_letter_and_whose_database_that_was(house: House) -> None:
    with house.database.transaction() as session:
        ids = ask(session, house.vault, 3)

    shift(house, Outbox()).work()

    told = json.loads(mark_of(house).read_text())
    assert told == {"message": ids[-1], "at": NOW.isoformat(), "database": NOW.isoformat(), "restored_at": None}
    assert [path.name for path in mark_of(house).parent.iterdir()] == ["watermark"]


def test_nothing_leaves_from_an_older_copy_and_the_log_says_what_to_do(
    older_copy: House, message_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox()

    with caplog.at_level(logging.ERROR):
        assert shift(older_copy, outbox).work() == 0

    assert (outbox.letters, states(older_copy)) == ([], [S.SCHEDULED])
    [said] = [record.getMessage() for record in caplog.records]
    assert f"message {message_id}" in said
    assert "`flask --app wsgi sending restored`" in said


def test_an_older_copy_reads_no_journal(older_copy: House, message_id: int) -> None:
    """A dead sender's journal would say that its letter is due again: what it wrote before is forgotten."""
    with older_copy.database.transaction() as session:
        leased = {"state": "sending", "lease": "gone", "leased_until": NOW, "intended_at": NOW}
        session.execute(update(Message).where(Message.id == message_id).values(**leased))
    journal = mark_of(older_copy).with_name("gone.journal")
    journal.write_bytes(b"")

    shift(older_copy, Outbox(), Clock(NOW + timedelta(days=1))).work()

    assert (states(older_copy), journal.exists()) == ([S.SENDING], True)


def test_once_it_was_said_that_a_backup_was_restored_others_are_asked_again(older_copy: House, message_id: int) -> None:
    outbox, clock = Outbox(), Clock(NOW + timedelta(minutes=1))
    with older_copy.database.transaction() as session:
        restore(session, clock())
        other = ask(session, older_copy.vault)[0]

    for _ in range(30):
        shift(older_copy, outbox, clock).work()
        clock.pass_by(days=1)

    assert {letter.key for letter in outbox.letters} == {other, max(m.id for m in all_messages(older_copy.database))}
    assert states(older_copy)[0] == S.IN_DOUBT


def test_the_same_backup_restored_once_more_is_noticed_too(house: House, message_id: int) -> None:
    with house.database.transaction() as session:
        restore(session, NOW - timedelta(days=1))
    shift(house, Outbox()).work()
    assert Watermark(house).objection() == ""

    with house.database.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM restoration")

    assert "older copy" in Watermark(house).objection()


def test_another_database_on_the_same_instance_is_no_older_copy(older_copy: House) -> None:
    with older_copy.database.transaction() as session:
        session.execute(update(Merchant).values(created_at=NOW - timedelta(seconds=1)))

    outbox = Outbox()
    shift(older_copy, outbox).work()

    assert len(outbox.letters) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"message": 1, "at": "x", "database": "", "restored_at": 4}'])
def test_a_mark_that_says_nothing_stops_nobody(older_copy: House, text: str) -> None:
    mark_of(older_copy).write_text(text)

    assert Watermark(older_copy).objection() == ""


def test_a_second_sees_one_mark_and_the_end_of_a_shift_its_own(house: House, message_id: int) -> None:
    mark_of(house).parent.mkdir()
    watermark = Watermark(house)
    watermark.objection()
    seen = []
    for each in (0, 1, 2, 3):
        watermark.rise(each, NOW)
        seen.append(json.loads(mark_of(house).read_text())["message"] if mark_of(house).exists() else None)
    watermark.rise(4, NOW, at_once=True)

    assert EVERY >= 1
    assert seen == [None, 1, 1, 1]
    assert json.loads(mark_of(house).read_text())["message"] == 4


def test_a_disk_without_room_for_a_mark_stops_no_letter(house: House, message_id: int) -> None:
    mark_of(house).mkdir(parents=True)
    outbox = Outbox()

    assert shift(house, outbox).work() == 1
    assert len(outbox.letters) == 1
