"""What became of an order is told truthfully, whatever became of it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from campaigns.enrollment.states import MessageState
from campaigns.reports.orders import latest_orders
from campaigns.reports.story import Story, Turn
from tests.factories import make_contact, make_enrollment, make_purchase
from tests.reports.rows import NOW, Shop, answer, ask, make_shop, remind


def story_of(session: Session, shop: Shop) -> Story:
    (line,) = latest_orders(session, shop.merchant.id, "UTC").lines
    ((_, story),) = line.stories
    return story


@pytest.mark.parametrize("state", MessageState)
def test_every_fate_of_a_letter_has_its_words(session: Session, state: MessageState) -> None:
    shop = make_shop(session)
    ask(session, shop, "1", state, reason="refunded")

    story = story_of(session, shop)

    assert story.head
    assert story.rest
    assert (story.turn is Turn.TROUBLE) == (state is MessageState.IN_DOUBT)


@pytest.mark.parametrize(
    ("values", "story"),
    [
        ({"is_undecided": True}, Story(Turn.PLANNED, "Being decided")),
        ({"fulfilled_at": None}, Story(Turn.PLANNED, "Waiting", "for order.fulfilled")),
        ({}, Story(Turn.NOT_ASKED, "Not decided", "This campaign began after the order was looked at.")),
    ],
)
def test_an_order_without_a_verdict_says_what_it_waits_for(
    session: Session, values: dict[str, Any], story: Story
) -> None:
    shop = make_shop(session)
    make_purchase(session, shop.store, None, **{"is_undecided": False, **values})

    assert story_of(session, shop) == story


def test_an_order_that_is_not_asked_about_says_why(session: Session) -> None:
    shop = make_shop(session)
    purchase = make_purchase(session, shop.store, make_contact(session, shop.merchant), is_test=True)
    make_enrollment(session, purchase, shop.version, verdict="skipped", reason="test_order")

    assert story_of(session, shop) == Story(Turn.NOT_ASKED, "Not asked", "The shop marked it as a test order.")


@pytest.mark.parametrize(
    ("values", "turn", "rest"),
    [
        ({}, Turn.ANSWERED, "4 of 5 on 21 Nov, 10:00"),
        ({"level": "provisional"}, Turn.ANSWERED, "4 of 5 on 21 Nov, 10:00, not yet confirmed"),
        ({"level": "suspect"}, Turn.ASKED, "A machine seems to have answered; that is not counted."),
        ({"status": "withdrawn"}, Turn.ASKED, "on 21 Nov, 10:00, reminded 21 Nov, 10:00"),
    ],
)
def test_an_answer_is_told_as_far_as_it_is_believed(
    session: Session, values: dict[str, Any], turn: Turn, rest: str
) -> None:
    shop = make_shop(session)
    invitation = ask(session, shop, "1")
    remind(session, invitation)
    answer(session, shop, invitation, 4, **values)

    story = story_of(session, shop)

    assert (story.turn, story.rest) == (turn, rest)


def test_a_reminder_to_come_is_told(session: Session) -> None:
    shop = make_shop(session)
    remind(session, ask(session, shop, "1"), state="scheduled")

    assert story_of(session, shop).rest == "on 21 Nov, 10:00, reminder due 21 Nov, 10:00"


def test_what_happened_to_an_order_is_told_in_its_order(session: Session) -> None:
    shop = make_shop(session)
    moments = {"placed_at": NOW - timedelta(days=2), "cancelled_at": NOW + timedelta(hours=1)}
    make_purchase(session, shop.store, None, **moments)

    (line,) = latest_orders(session, shop.merchant.id, "UTC").lines

    assert line.happened == "Placed 19 Nov, 10:00, fulfilled 21 Nov, 10:00, cancelled 21 Nov, 11:00"


def test_no_merchant_sees_the_orders_of_another(session: Session) -> None:
    harbour, kiln = make_shop(session), make_shop(session, "Kiln & Co")
    ask(session, harbour, "1")

    assert latest_orders(session, kiln.merchant.id, "UTC").lines == []
