"""A month in a shop's life, the same every time: for pictures, and for figures that need many rows."""

import random
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.merchants.merchant import Merchant
from campaigns.responses.response import Response
from tests.factories import make_contact, make_enrollment, make_message, make_purchase
from tests.reports.rows import Shop

ANSWERS = (
    (5, "Third order from you. Still my favourite shop by the sea."),
    (5, "The blue is even better than in the picture."),
    (5, "Sehr schöne Verpackung und schnelle Lieferung."),
    (4, "Came a day late, but packed with so much care that I forgive you."),
    (3, "The handle is a little small for my hands."),
    (2, "One of the four arrived with a chip."),
    *((score, "") for score in (5, 5, 5, 5, 4, 4, 4, 3)),
)
NAMES = ("Ana", "Ben", "Chloe", "Dev", "Jürgen", "Maeve", "Yuki", "Tom")
SKIPS = ("cooldown", "cooldown", "unsubscribed", "no_address", "refunded", "test_order")


class Month:
    """Writes forty days of orders, letters, reminders and answers for one shop."""

    def __init__(self, session: Session, shop: Shop, now: datetime) -> None:
        self._session = session
        self._shop = shop
        self._now = now
        self._dice = random.Random(3)

    def live(self, orders: int = 420) -> None:
        for number in range(orders):
            self._order(number, self._now - timedelta(days=self._dice.uniform(0.2, 40)))

    def _order(self, number: int, asked_at: datetime) -> None:
        name = self._dice.choice(NAMES)
        contact = make_contact(self._session, self._shop.merchant, f"{number}@example.com", first_name=name)
        moments = {"fulfilled_at": asked_at, "received_at": asked_at, "is_undecided": False}
        purchase = make_purchase(self._session, self._shop.store, contact, order_id=str(5310 + number), **moments)
        version, times = self._shop.version, {"decided_at": asked_at, "planned_at": asked_at}
        if self._dice.random() < 0.14:
            reason = self._dice.choice(SKIPS)
            make_enrollment(self._session, purchase, version, verdict="skipped", reason=reason, **times)
            return
        closes = {"closes_at": asked_at + timedelta(days=21)}
        enrollment = make_enrollment(self._session, purchase, version, **times, **closes)
        invitation = self._letter(enrollment, "invitation", asked_at)
        if not self._answer(enrollment, invitation, 0.16):
            self._remind(enrollment, asked_at + timedelta(days=5))

    def _remind(self, enrollment: Enrollment, at: datetime) -> None:
        if at < self._now:
            self._answer(enrollment, self._letter(enrollment, "reminder", at), 0.09)

    def _letter(self, enrollment: Enrollment, kind: str, at: datetime) -> Message:
        sent = {"state": "sent", "due_at": at, "sent_at": at, "sent_on": at.date()}
        return make_message(self._session, enrollment, kind=kind, **sent)

    def _answer(self, enrollment: Enrollment, letter: Message, chance: float) -> bool:
        at = (letter.sent_at or self._now) + timedelta(hours=self._dice.expovariate(1 / 20))
        if self._dice.random() > chance or at > self._now:
            return False
        score, comment = self._dice.choice(ANSWERS)
        is_sure = self._dice.random() < 0.9
        response = Response(
            merchant_id=enrollment.merchant_id,
            campaign_id=enrollment.campaign_id,
            enrollment_id=enrollment.id,
            message_id=letter.id,
            status="complete" if comment else "partial",
            level="confirmed" if is_sure else "provisional",
            score=score,
            answers={"comment": comment} if comment else {},
            first_answered_at=at,
            answered_at=at,
            matured_at=None if is_sure else at + timedelta(minutes=15),
        )
        self._session.add(response)
        return True


def live_a_month(session: Session, shop: Shop, now: datetime) -> Merchant:
    Month(session, shop, now).live()
    return shop.merchant
