"""After a restore, what may have left is in doubt, what would remind is given up, and what is to come may come."""

from datetime import timedelta

from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from campaigns.delivery.doubt import resolve
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.restoration import latest_restoration, restore
from campaigns.enrollment.sending import Claim, claim_due, let_go, settle
from campaigns.enrollment.states import MessageKind
from campaigns.enrollment.states import MessageState as S
from campaigns.house import House
from tests.delivery.stage import ask
from tests.factories import NOW, make_message

HOUR = timedelta(hours=1)
MINE = Claim("mine", NOW + HOUR)


def put(session: Session, message_id: int, **values: object) -> None:
    session.execute(update(Message).where(Message.id == message_id).values(**values))


def message(session: Session, message_id: int) -> Message:
    return session.get_one(Message, message_id, populate_existing=True)


def enrollment_of(session: Session, message_id: int) -> Enrollment:
    enrollment_id = message(session, message_id).enrollment_id
    return session.get_one(Enrollment, enrollment_id, populate_existing=True)


def test_each_letter_becomes_what_nobody_regrets(session: Session, house: House) -> None:
    due, deferred, later, leaving, sent, reminded, off = ids = ask(session, house.vault, 7)
    put(session, due, due_at=NOW - HOUR)
    put(session, deferred, state="deferred", due_at=NOW)
    put(session, later, due_at=NOW + timedelta(seconds=1))
    put(session, leaving, state="sending", lease="gone", leased_until=NOW, intended_at=NOW - 2 * HOUR)
    put(session, sent, state="sent", sent_at=NOW - HOUR)
    put(session, reminded, state="sent", sent_at=NOW - HOUR)
    put(session, off, state="cancelled", reason="refunded")
    reminders = [
        make_message(
            session, enrollment_of(session, each), kind=MessageKind.REMINDER, state=state, due_at=NOW + wait
        ).id
        for each, state, wait in ((sent, "scheduled", HOUR), (reminded, "deferred", -HOUR))
    ]

    keys = [(message(session, each).enrollment_id, message(session, each).kind) for each in (*ids, *reminders)]

    after = restore(session, NOW)

    assert (after.in_doubt, after.reminders_cancelled, after.at) == (3, 2, NOW)
    session.expunge_all()  # one of them may have another number now
    by_key = {(each.enrollment_id, each.kind): each for each in session.scalars(select(Message))}
    found = [by_key[key] for key in keys]
    doubt, gone = (S.IN_DOUBT, "restored"), (S.CANCELLED, "restored")
    assert [(each.state, each.reason) for each in found] == [
        *(doubt, doubt, (S.SCHEDULED, ""), doubt, (S.SENT, ""), (S.SENT, ""), (S.CANCELLED, "refunded")),
        *(gone, gone),
    ]
    since = [each.intended_at for each in found[:4]]
    assert since == [NOW - HOUR, NOW, None, NOW - 2 * HOUR]
    stopped = [enrollment_of(session, each).stop_reason for each in ids]
    assert stopped == ["restored", "restored", "", "restored", "", "", ""]


def test_a_sender_or_a_journal_of_before_says_nothing_any_more(session: Session, house: House) -> None:
    """A journal is emptied whenever the database knows all; now it knows less than the journal believes."""
    [message_id] = ask(session, house.vault)
    claim_due(session, message(session, message_id).merchant_id, MINE, 10, NOW)

    restore(session, NOW)

    assert let_go(session, MINE.lease, S.SCHEDULED, NOW) == 0
    assert settle(session, [message_id], MINE.lease, S.SENT, NOW) == []
    assert message(session, message_id).state == S.IN_DOUBT


def test_a_letter_that_turns_out_to_have_left_has_no_reminder(session: Session, house: House) -> None:
    """Whom it went to may have answered, and that is forgotten."""
    [message_id] = ask(session, house.vault)
    restore(session, NOW + HOUR)

    merchant_id = message(session, message_id).merchant_id
    assert resolve(session, merchant_id, message_id, S.SENT, NOW + 2 * HOUR) is S.SENT

    found = message(session, message_id)
    assert (found.sent_at, found.reason) == (NOW, "resolved_by_hand")
    assert list(session.scalars(select(Message.kind))) == [MessageKind.INVITATION]


def test_what_was_stopped_for_another_reason_keeps_it(session: Session, house: House) -> None:
    [message_id] = ask(session, house.vault)
    enrollment = enrollment_of(session, message_id)
    enrollment.stopped_at, enrollment.stop_reason = NOW - HOUR, "answered"
    session.flush()

    restore(session, NOW)

    assert enrollment_of(session, message_id).stop_reason == "answered"


def test_a_later_restoration_is_later_by_every_clock(session: Session) -> None:
    assert latest_restoration(session) is None

    assert restore(session, NOW).at == latest_restoration(session) == NOW
    again = restore(session, NOW - HOUR).at

    assert NOW < again == latest_restoration(session)


def test_it_takes_the_same_few_statements_for_one_letter_and_for_many(session: Session, house: House) -> None:
    asked: list[str] = []
    counts = []
    for letters in (1, 40):
        ask(session, house.vault, letters)
        listen = (session.get_bind(), "before_cursor_execute", lambda *found: asked.append(found[2]))
        event.listen(*listen)
        restore(session, NOW)
        event.remove(*listen)
        counts.append(len(asked))
        asked.clear()

    assert counts[0] == counts[1] <= 6


def test_a_letter_to_come_has_no_number_that_a_forgotten_one_may_have_had(session: Session, house: House) -> None:
    ids = ask(session, house.vault, 2)
    put(session, ids[1], state="sent", sent_at=NOW)
    enrollment = enrollment_of(session, ids[1])

    after = restore(session, NOW)
    later = make_message(session, enrollment, kind=MessageKind.REMINDER).id

    assert after.has_leapt == (session.get_bind().dialect.name == "postgresql")  # both letters may have left
    assert (later > max(ids) + 1_000_000) == after.has_leapt


def test_a_letter_that_never_left_lends_its_number_where_only_rows_are_counted(session: Session, house: House) -> None:
    ids = ask(session, house.vault, 2)
    put(session, ids[0], state="cancelled", reason="refunded")
    put(session, ids[1], state="sent", sent_at=NOW)
    enrollment = enrollment_of(session, ids[1])

    after = restore(session, NOW)
    later = make_message(session, enrollment, kind=MessageKind.REMINDER).id

    assert after.has_leapt
    assert later > max(ids) + 1_000_000
    assert message(session, ids[1]).state == S.SENT
