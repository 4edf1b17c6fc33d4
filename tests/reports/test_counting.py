"""Each fate of a letter and each belief in an answer has one place among the counts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.reports.rows import NOW, answer, ask, make_shop, only_row


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
    ],
)
def test_an_answer_counts_when_a_person_gave_it(
    session: Session, values: dict[str, Any], responses: int, confirmed: int
) -> None:
    shop = make_shop(session)
    answer(session, shop, ask(session, shop, "1"), **values)

    row = only_row(session, shop)

    assert (row.responses, row.confirmed) == (responses, confirmed)
