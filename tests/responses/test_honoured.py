"""A door that stops letters says so only when no sender acts any more on what was so before."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from campaigns.database import Database
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.house import House
from tests.factories import NOW, make_message
from tests.responses.conftest import Ana, Letter

DOORS = {
    "answer": ("survey", {"score": "4"}, 303),
    "one click": ("rate", {"score": "4", "level": "provisional"}, 204),
    "unsubscribe": ("out", {"confirm": "yes"}, 200),
    "too early": ("survey/later", {"why": "not_tried"}, 303),
    "how often": ("survey/you/asking", {"asking": "never"}, 303),
    "take back": ("survey/you/withdraw", {}, 303),
    "forget me": ("survey/you/erase", {}, 303),
}


@pytest.mark.parametrize("door", DOORS)
def test_it_waits_after_the_commit_and_before_it_answers(
    house: House, letter: Letter, ana: Ana, wait: Callable[..., None], monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    with house.database.transaction() as session:
        session.execute(update(Message).values(state="sent"))
        make_message(session, session.get_one(Enrollment, letter.enrollment_id), kind="reminder")
    place, form, status = DOORS[door]
    path = {"rate": letter.rate(4), "out": letter.out}.get(place) or place.replace("survey", letter.survey)
    nonce = ana.nonce(letter.survey)
    wait(seconds=3)
    if door == "take back":
        ana.send(letter.survey, {"score": "4"})
        with house.database.transaction() as session:
            session.execute(update(Enrollment).values(stopped_at=None, stop_reason=""))
    seen: list[bool] = []

    def look(database: Database) -> None:
        with database.reading() as rows:
            stopped_at = rows.scalars(select(Enrollment.stopped_at)).one()
            due_at = rows.scalars(select(Message.due_at).where(Message.kind == "reminder")).one()
            seen.append(stopped_at is not None or due_at > NOW)

    monkeypatch.setattr(Database, "be_honoured", look)

    assert ana.post(path, {"nonce": nonce, **form}).status_code == status

    assert seen == [True]
