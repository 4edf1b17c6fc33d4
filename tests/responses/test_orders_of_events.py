"""Whatever people, machines and shops do, in whatever order: what is sent and what counts follow from it as a model says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from campaigns import clock
from campaigns.enrollment.deciding import decide_on
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.house import House
from campaigns.intake.purchase import Purchase
from campaigns.responses.answering import Desk
from campaigns.responses.hit import LinkName
from campaigns.responses.jobs import fold_answers, mature_answers
from campaigns.responses.judging import Form, Step
from campaigns.responses.person import NOTES, forget_reader, say_too_early, withdraw
from campaigns.responses.response import find_response
from campaigns.responses.trust import Level, Visit
from campaigns.responses.unsubscribe import Wish, unsubscribe_all
from tests.factories import (
    make_campaign,
    make_contact,
    make_enrollment,
    make_merchant,
    make_message,
    make_purchase,
    make_store,
)
from tests.responses.conftest import BROWSER

ENDS = {"refund": "refunded", "opt out": "unsubscribed", "erase": "erased"}
EVENTS = ["click", "press", "too early", "take back", "judge", *ENDS]
ORDERS = st.lists(st.sampled_from(EVENTS), min_size=1, max_size=7)
_numbers = count(1)


@dataclass
class Model:
    """What follows from events, told without any rows."""

    stop: str = ""
    reminder: str = ""  # why it was cancelled; "": it is to come
    given: str = ""  # the best answer there is: "", "provisional", "confirmed"
    took_back: bool = False

    def end(self, reason: str) -> None:
        self.stop = reason if self.stop in {"", "held"} else self.stop
        self.reminder = self.reminder or reason

    def click(self) -> None:
        self.stop, self.given = self.stop or "held", self.given or "provisional"

    def press(self) -> None:
        self.end("answered")
        self.given, self.took_back = "confirmed", False

    def too_early(self) -> None:
        self.given = ""
        if self.stop in {"", "held", "answered"} and self.reminder in {"", "answered"}:
            self.stop = self.reminder = ""

    def take_back(self) -> None:
        if self.given:
            self.end("answered")
            self.given, self.took_back = "", True

    def judge(self) -> None:
        if self.given:
            self.end("answered")

    def follow(self, event: str) -> None:
        if event in ENDS:
            self.end(ENDS[event])
        else:
            getattr(self, event.replace(" ", "_"))()

    @property
    def counts(self) -> bool:
        """Whether, once all is judged, the answer is in the figures."""
        return bool(self.given) and not (self.given == "provisional" and self.took_back)


class Play:
    """Plays events on real rows."""

    def __init__(self, house: House, pass_by: Callable[..., None]) -> None:
        self.house, self._desk, self._wait = house, Desk(), pass_by
        with house.database.transaction() as session:
            merchant = make_merchant(session, timezone="UTC")
            store, version = make_store(session, house.vault, merchant), make_campaign(session, merchant)
            contact = make_contact(session, merchant)
            purchase = make_purchase(session, store, contact, order_id=f"play {next(_numbers)}")
            now = clock.now()
            enrollment = make_enrollment(session, purchase, version, closes_at=now + timedelta(days=21), planned_at=now)
            sent = {"state": "sent", "sent_at": now - timedelta(days=1)}
            self.message_id = make_message(session, enrollment, **sent).id
            self.reminder_id = make_message(session, enrollment, kind="reminder", due_at=now).id
            self.purchase_id, self.enrollment_id = purchase.id, enrollment.id

    def do(self, event: str) -> None:
        self._wait(minutes=2)
        if event == "judge":
            self.judge()
        else:
            self._act(event)

    def _act(self, event: str) -> None:
        with self.house.database.transaction() as session:
            now, asked = clock.now(), self._desk.letter(session, self.message_id)
            if event in {"click", "press"}:
                self._desk.accept_answers(session, [self._form(event == "press")])
            elif event == "too early":
                say_too_early(session, asked, NOTES["not_tried"], now)
            elif event == "take back":
                withdraw(session, asked, now)
            elif event == "opt out":
                unsubscribe_all(session, [Wish(asked, now)])
            elif event == "erase":
                forget_reader(session, asked, now)
            else:
                session.execute(update(Purchase).values(is_refunded_in_full=True, refunded_at=now))
                decide_on(session, session.get_one(Purchase, self.purchase_id), now)

    def judge(self) -> None:
        fold_answers(self.house)
        self._wait(minutes=20)
        mature_answers(self.house)

    def _form(self, is_press: bool) -> Form:
        claim = None if is_press else Level.PROVISIONAL
        visit = Visit(method="POST", user_agent=BROWSER, claim=claim, page_age=timedelta(seconds=3))
        step = Step(message_id=self.message_id, link=LinkName.RATE, clicked="4", visit=visit, client="", at=clock.now())
        return Form(step=step, is_foreign=False, score="4", sent=lambda _: [])

    def outcome(self) -> tuple[str, str]:
        with self.house.database.reading() as session:
            reminder = session.get_one(Message, self.reminder_id)
            assert reminder.state == ("cancelled" if reminder.reason else "scheduled")
            return session.get_one(Enrollment, self.enrollment_id).stop_reason, reminder.reason

    def counts(self) -> bool:
        with self.house.database.reading() as session:
            response = find_response(session, self.enrollment_id)
        if response is None or response.status == "withdrawn":
            return False
        return response.level == "confirmed" or response.matured_at is not None


@contextmanager
def time_that_passes() -> Iterator[Callable[..., None]]:
    passed = timedelta()

    def pass_by(**span: float) -> None:
        nonlocal passed
        passed += timedelta(**span)
        clock.shift(passed)

    try:
        yield pass_by
    finally:
        clock.shift(timedelta())


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=ORDERS)
def test_what_is_sent_and_what_counts_follow_from_what_happened(house: House, order: list[str]) -> None:
    model = Model()
    with time_that_passes() as pass_by:
        play = Play(house, pass_by)
        for place, event in enumerate(order):
            play.do(event)
            model.follow(event)
            assert play.outcome() == (model.stop, model.reminder), order[: place + 1]
        play.judge()
    assert play.counts() == model.counts, order
