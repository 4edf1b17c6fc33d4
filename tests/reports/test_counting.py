"""Each fate of a letter and each belief in an answer has one place among the counts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.enrollment.message import Message
from tests.factories import make_campaign
from tests.reports.rows import NOW, Shop, answer, ask, make_shop, only_row
from tests.responses.conftest import add


@pytest.mark.parametrize(
    ("state", "eligible", "to_come", "sent", "delivered"),
    [
        ("scheduled", 0, 1, 0, 0),
        ("deferred", 0, 1, 0, 0),
        ("sending", 0, 1, 0, 0),
        ("cancelled", 0, 0, 0, 0),
        ("sent", 1, 0, 1, 1),
        ("delivered", 1, 0, 1, 1),
        ("complained", 1, 0, 1, 1),
        ("bounced", 1, 0, 1, 0),
        ("failed", 1, 0, 0, 0),
        ("in_doubt", 1, 0, 0, 0),
    ],
)
def test_every_fate_of_an_invitation_has_its_place(
    session: Session, state: str, eligible: int, to_come: int, sent: int, delivered: int
) -> None:
    shop = make_shop(session)
    ask(session, shop, "1", state)

    row = only_row(session, shop)

    assert (row.eligible, row.to_come, row.sent, row.delivered) == (eligible, to_come, sent, delivered)


@pytest.mark.parametrize(
    ("values", "responses", "confirmed"),
    [
        pytest.param({}, 1, 1, id="confirmed"),
        pytest.param({"status": "partial"}, 1, 1, id="only the rating"),
        pytest.param({"status": "withdrawn"}, 0, 0, id="withdrawn"),
        pytest.param({"level": "suspect"}, 0, 0, id="suspect"),
        pytest.param({"level": "provisional"}, 0, 0, id="provisional, just now"),
        pytest.param(
            {"level": "provisional", "answered_at": NOW - timedelta(days=1)}, 0, 0, id="provisional, not judged again"
        ),
        pytest.param({"level": "provisional", "matured_at": NOW}, 1, 0, id="held long enough"),
        pytest.param({"level": "provisional", "matured_at": NOW + timedelta(1)}, 0, 0, id="as of a day ago"),
    ],
)
def test_an_answer_counts_when_a_person_gave_it(
    session: Session, values: dict[str, Any], responses: int, confirmed: int
) -> None:
    shop = make_shop(session)
    answer(session, shop, ask(session, shop, "1"), **values)

    row = only_row(session, shop)

    assert (row.responses, row.confirmed) == (responses, confirmed)


@pytest.mark.parametrize(("trust", "responses"), [("balanced", 2), ("strict", 1)])
def test_who_trusts_strictly_counts_the_confirmed_alone_whenever_they_were_asked(
    session: Session, trust: str, responses: int
) -> None:
    shop = make_shop(session)
    answer(session, shop, ask(session, shop, "1"), level="provisional", matured_at=NOW)
    answer(session, shop, ask(session, shop, "2"))
    answer(session, shop, ask(session, shop, "3"), level="suspect")
    make_campaign(session, shop.merchant, trust=trust)

    row = only_row(session, shop)

    assert (row.responses, row.confirmed, row.provisional, row.suspect, row.clicked) == (responses, 1, 1, 1, 3)


@pytest.mark.parametrize(
    ("link", "method", "clicked"),
    [("rate", "GET", 1), ("survey", "GET", 1), ("rate", "HEAD", 0), ("unsubscribe", "GET", 0)],
)
def test_a_click_is_a_rating_that_was_opened(session: Session, link: str, method: str, clicked: int) -> None:
    shop = make_shop(session)
    for _ in range(2):
        add(session, ask_once(session, shop), kind="look", link=link, method=method, level="observed")

    assert only_row(session, shop).clicked == clicked


def ask_once(session: Session, shop: Shop) -> Message:
    """Return the one letter there is, or the first."""
    return session.scalars(select(Message)).first() or ask(session, shop, "1")
