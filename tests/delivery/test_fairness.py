"""A merchant with many letters does not keep one with few waiting, whoever came first."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns.delivery import desk, filling
from campaigns.enrollment.message import Message
from campaigns.house import House
from tests.delivery.stage import Clock, Outbox, ask, shift
from tests.factories import NOW
from tests.kinds import daily_on_sqlite

MANY, FEW = 150, 10


def crowd(session: Session, house: House) -> tuple[set[int], set[int]]:
    """One merchant's many letters, all due before the few of another."""
    many, few = ask(session, house.vault, MANY), ask(session, house.vault, FEW)
    earlier = update(Message).where(Message.id.in_(many)).values(due_at=NOW - timedelta(hours=1))
    session.execute(earlier)
    return set(many), set(few)


@daily_on_sqlite
def test_the_few_leave_in_the_first_round(house: House) -> None:
    with house.database.transaction() as session:
        many, few = crowd(session, house)
    outbox = Outbox()

    shift(house, outbox).work()

    order = [letter.key for letter in outbox.letters]
    last_of_the_few = max(order.index(key) for key in few)
    assert set(order) == many | few
    assert last_of_the_few < MANY / 2


@daily_on_sqlite
def test_letters_on_the_desk_are_bounded_however_many_are_due(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 300)
    seen: list[int] = []
    outbox = Outbox()

    def count() -> None:
        with house.database.reading() as session:
            seen.append(session.query(Message).filter(Message.state == "sending").count())

    outbox.before = lambda: count() if len(outbox.letters) % 40 == 0 else None
    shift(house, outbox, Clock()).work()

    assert len(outbox.sent) == 300
    assert max(seen) <= filling.LOW + desk.MOST  # what waits for its lane, and the batch that came last
