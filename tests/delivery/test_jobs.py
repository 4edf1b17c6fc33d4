"""What the worker calls: due letters and sign-in links leave over real SMTP, each at most once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from campaigns import clock
from campaigns.delivery.jobs import send_due, send_sign_ins
from campaigns.enrollment.message import Message
from campaigns.house import House
from campaigns.merchants.sign_in import SignIn, issue_sign_in
from tests.delivery.servers import Sink, serving
from tests.delivery.stage import all_messages, ask
from tests.factories import NOW, make_merchant, make_staff


def set_clock(moment: datetime) -> None:
    clock.shift(timedelta())
    clock.shift(moment - clock.now())


@pytest.fixture
def at_ten(house: House) -> Iterator[None]:
    """The jobs ask the clock themselves; it is set to the cast's Saturday morning."""
    set_clock(NOW)
    yield
    clock.shift(timedelta())


@pytest.fixture
def sink(house: House, at_ten: None) -> Iterator[Sink]:
    sink = Sink()
    with serving(sink) as server:
        address = f"smtp://{server.host}:{server.port}"
        object.__setattr__(house, "settings", replace(house.settings, smtp_url=address))
        yield sink


def order_a_link(house: House) -> int:
    with house.database.transaction() as session:
        staff = make_staff(session, make_merchant(session))
        return issue_sign_in(session, staff, clock.now()).id


def is_marked_sent(house: House, sign_in_id: int) -> bool:
    with house.database.reading() as session:
        return session.get_one(SignIn, sign_in_id).sent_at is not None


def test_due_letters_leave_and_a_second_look_finds_nothing(house: House, sink: Sink) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 3)

    assert (send_due(house), send_due(house)) == (3, 0)
    assert sorted(sink.recipients) == ["ana0@example.com", "ana1@example.com", "ana2@example.com"]
    assert len(sink.peers) <= house.settings.smtp_connections


def test_without_a_server_nothing_is_lost_and_the_letters_leave_later(house: House, at_ten: None) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 2)

    assert send_due(house) == 0

    assert {(message.state, message.attempts) for message in all_messages(house.database)} == {("deferred", 0)}
    sink = Sink()
    with serving(sink) as server:
        address = f"smtp://{server.host}:{server.port}"
        object.__setattr__(house, "settings", replace(house.settings, smtp_url=address))
        set_clock(NOW + timedelta(minutes=10))
        assert send_due(house) == 2
    assert len(sink.letters) == 2


def test_a_reminder_follows_its_invitation_in_the_same_thread(house: House, sink: Sink) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault)
    send_due(house)
    with house.database.transaction() as session:
        session.scalars(select(Message).where(Message.kind == "reminder")).one().due_at = NOW

    send_due(house)

    first, second = (letter.decode() for letter in sink.letters)
    assert f"In-Reply-To: {sink.message_ids[0]}" in second.replace("\r\n ", " ")
    assert "In-Reply-To" not in first


def test_a_link_that_signs_in_leaves_once(house: House, sink: Sink) -> None:
    order_a_link(house)

    assert (send_sign_ins(house), send_sign_ins(house)) == (1, 0)
    assert sink.recipients == ["owner@harbour.example"]


@pytest.mark.parametrize("trouble", ["451 4.3.0 later", ""], ids=["deferred", "no server"])
def test_a_link_that_surely_did_not_leave_is_ordered_again(house: House, sink: Sink, trouble: str) -> None:
    sign_in_id = order_a_link(house)
    good = house.settings
    sink.rcpt = trouble
    if not trouble:
        object.__setattr__(house, "settings", replace(good, smtp_url="smtp://127.0.0.1:9"))

    assert send_sign_ins(house) == 0
    was_ordered_again = not is_marked_sent(house, sign_in_id)
    object.__setattr__(house, "settings", good)
    sink.rcpt = ""

    assert was_ordered_again
    assert send_sign_ins(house) == 1
    assert len(sink.letters) == 1


def test_a_link_that_was_refused_or_is_in_doubt_is_not_sent_again(house: House, sink: Sink) -> None:
    sink.rcpt = "550 5.1.1 nobody"
    sign_in_id = order_a_link(house)

    assert (send_sign_ins(house), send_sign_ins(house)) == (0, 0)
    assert is_marked_sent(house, sign_in_id)


def test_no_address_name_or_answer_is_ever_logged(house: House, sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="campaigns")
    sink.rcpt = "550 5.1.1 <ana0@example.com> Ana Ruiz does not live here"
    with house.database.transaction() as session:
        ask(session, house.vault)

    send_due(house)

    assert "failed" in caplog.text
    assert "example.com" not in caplog.text
    assert "Ruiz" not in caplog.text
