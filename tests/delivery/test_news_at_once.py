"""Two who hear of the same people at the same time neither miss each other's news nor wait for each other for ever."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience.contact import lock_contact
from campaigns.audience.suppression import Block, Suppression, SuppressionReason, suppress
from campaigns.delivery.esp import jobs
from campaigns.delivery.esp.told import Told
from campaigns.delivery.event import Event, Kind, News
from campaigns.delivery.news import Taken, take
from campaigns.enrollment.enrollment import get_enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.silence import write_no_more
from campaigns.house import House
from tests.delivery.stage import ask
from tests.factories import NOW

A_MOMENT = 0.2  # seconds in which whoever waits for nobody is done


@contextmanager
def held(house: House) -> Iterator[tuple[Session, Callable[[Callable[[Session], object]], None]]]:
    """A transaction, and a way to let somebody else act meanwhile, in one of their own that has had its moment."""
    acting: list[Future[object]] = []

    def run(act: Callable[[Session], object]) -> object:
        with house.database.transaction() as session:
            return act(session)

    def meanwhile(act: Callable[[Session], object]) -> None:
        acting.append(others.submit(run, act))
        wait(acting, A_MOMENT)

    with ThreadPoolExecutor(1) as others:
        with house.database.transaction() as session:
            yield session, meanwhile
        for each in acting:
            each.result()


def reasons(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(Suppression.reason)))


def came_back(message_id: int) -> Event:
    return Event(
        source="ses",
        key=str(message_id),
        news=News.BOUNCED,
        at=NOW,
        message_id=message_id,
        address=None,
        kind=Kind.DISABLED,
    )


def test_two_letters_that_come_back_at_once_are_two(house: House) -> None:
    with house.database.transaction() as session:
        letters = [session.get_one(Message, each) for each in ask(session, house.vault, count=2)]
        person, other = (get_enrollment(session, each.enrollment_id) for each in letters)
        other.contact_id = person.contact_id
        for each in letters:
            each.state, each.sent_at, each.sent_on = "sent", NOW, NOW.date()
    first, second = (came_back(each.id) for each in letters)

    with held(house) as (session, meanwhile):
        assert take(session, first, NOW) is Taken.MOVED
        meanwhile(lambda session: take(session, second, NOW))

    assert reasons(house) == ["hard_bounce"]


def test_who_unsubscribes_and_who_imports_them_wait_for_each_other_once(house: House) -> None:
    with house.database.transaction() as session:
        enrollment = get_enrollment(session, session.get_one(Message, ask(session, house.vault)[0]).enrollment_id)
        assert enrollment.contact_id is not None
        contact = lock_contact(session, enrollment.contact_id)
    reason = SuppressionReason.UNSUBSCRIBED
    block = Block(merchant_id=contact.merchant_id, fingerprint=contact.fingerprint, reason=reason, source="import")

    with held(house) as (session, meanwhile):
        lock_contact(session, contact.id)
        meanwhile(lambda session: write_no_more(session, [block], NOW))
        assert suppress(session, contact.merchant_id, contact.fingerprint, reason, NOW)

    assert reasons(house) == ["unsubscribed"]


def test_what_stops_somebody_is_taken_alone_and_all_else_in_one_order() -> None:
    news = [*News] * 30
    told = [Told(news=each, address=f"{at % 7}", key=f"{at}", header=f"{at % 11}") for at, each in enumerate(news)]

    batches = list(jobs._batches(told))

    assert sorted(each.key for batch in batches for each in batch) == sorted(each.key for each in told)
    assert all(len(batch) == 1 or {each.news for each in batch} <= jobs.QUIET for batch in batches)
    quiet = [each.header for batch in batches for each in batch if each.news in jobs.QUIET]
    assert quiet == sorted(quiet)
    assert [each.key for [each] in batches[2:]] == [each.key for each in told if each.news not in jobs.QUIET]
