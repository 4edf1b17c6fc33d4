"""A campaign beyond its limit pauses itself and says so by mail; after a person resumed it only new letters count."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaigns import clock
from campaigns.catalog.campaign import Campaign, CampaignState, set_state
from campaigns.composition.letter import Letter
from campaigns.delivery import jobs
from campaigns.delivery.alerts import Alert
from campaigns.delivery.event import Event, Kind, News
from campaigns.delivery.jobs import send_alerts
from campaigns.delivery.news import take
from campaigns.delivery.trip import Trip
from campaigns.delivery.watch import watch_campaigns
from campaigns.enrollment.message import Message
from campaigns.errors import DeliveryError, ServerUnavailable
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.staff import Role
from campaigns.reports.counting import Scope
from campaigns.reports.dashboard import gather
from tests.delivery.stage import ask
from tests.factories import NOW, make_staff


@pytest.fixture
def ids(house: House) -> Iterator[list[int]]:
    """Letters of one campaign that left."""
    clock.shift(timedelta())
    clock.shift(NOW - clock.now() + timedelta(hours=2))
    with house.database.transaction() as session:
        found = ask(session, house.vault, 60)
        merchant = session.scalars(select(Merchant)).one()
        make_staff(session, merchant)
        make_staff(session, merchant, Role.VIEWER, "viewer@harbour.example")
        session.execute(update(Message).values(state="sent", sent_at=NOW, sent_on=NOW.date()))
    yield found
    clock.shift(timedelta())


def tell(house: House, ids: list[int], news: News, kind: Kind | None = None) -> None:
    with house.database.transaction() as session:
        for each in ids:
            event = Event(
                source="ses", key=f"{each}.{news}", news=news, at=NOW, message_id=each, address=None, kind=kind
            )
            take(session, event, clock.now())


def state(house: House) -> str:
    with house.database.reading() as session:
        return session.scalars(select(Campaign.state)).one()


def resume(house: House) -> None:
    with house.database.transaction() as session:
        set_state(session, session.scalars(select(Campaign)).one(), CampaignState.ACTIVE)


def test_complaints_beyond_the_limit_pause_a_campaign_and_its_owner_hears_of_it(house: House, ids: list[int]) -> None:
    tell(house, ids[:2], News.COMPLAINED)
    assert (watch_campaigns(house), state(house)) == (0, "active")
    tell(house, ids[2:3], News.COMPLAINED)
    assert (watch_campaigns(house), state(house)) == (1, "paused")
    assert watch_campaigns(house) == 0
    with house.database.reading() as session:
        merchant_id = session.scalars(select(Merchant.id)).one()
        [view] = gather(session, Scope(merchant_id=merchant_id, now=clock.now()), with_comments=False).campaigns
    assert view.paused_because == "3 of the last 60 letters were reported as spam"

    with house.database.reading() as session:
        trip, alert = session.scalars(select(Trip)).one(), session.scalars(select(Alert)).one()
    assert (trip.cause, trip.bad, trip.letters) == ("complaints", 3, 60)
    assert (alert.kind, alert.about) == ("complaints", str(trip.campaign_id))
    assert "@" not in alert.subject + alert.words


@pytest.mark.parametrize(("kind", "stops"), [(Kind.HARD, 1), (Kind.SOFT, 1), (Kind.CONTENT, 0)])
def test_letters_that_come_back_pause_a_campaign(house: House, ids: list[int], kind: Kind, stops: int) -> None:
    tell(house, ids[:19], News.BOUNCED, kind)
    assert watch_campaigns(house) == 0
    tell(house, ids[19:20], News.BOUNCED, kind)
    assert watch_campaigns(house) == stops


def test_after_a_person_resumed_it_only_letters_that_left_since_count(house: House, ids: list[int]) -> None:
    tell(house, ids[:3], News.COMPLAINED)
    watch_campaigns(house)
    resume(house)
    tell(house, ids[3:30], News.COMPLAINED)  # late, of letters from before
    assert (watch_campaigns(house), state(house)) == (0, "active")

    with house.database.transaction() as session:
        later = clock.now() + timedelta(minutes=1)
        session.execute(update(Message).where(Message.id.in_(ids[30:])).values(sent_at=later))
    clock.shift(timedelta())
    clock.shift(NOW - clock.now() + timedelta(hours=3))
    tell(house, ids[30:33], News.COMPLAINED)
    assert (watch_campaigns(house), state(house)) == (1, "paused")


def test_letters_of_more_than_a_week_ago_count_no_more(house: House, ids: list[int]) -> None:
    with house.database.transaction() as session:
        session.execute(update(Message).where(Message.id.in_(ids[3:])).values(sent_at=NOW - timedelta(days=8)))
    tell(house, ids[3:9], News.COMPLAINED)

    assert watch_campaigns(house) == 0


class Post:
    """A postman who keeps what he is given, or has his troubles."""

    def __init__(self, trouble: DeliveryError | None = None) -> None:
        self.trouble = trouble
        self.letters: list[Letter] = []

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, letter: Letter, may_leave: object) -> None:
        if self.trouble:
            raise self.trouble
        self.letters.append(letter)


def test_an_alert_leaves_once_and_waits_while_the_server_is_busy(
    house: House, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house, ids[:20], News.BOUNCED, Kind.HARD)
    watch_campaigns(house)
    busy, post = Post(ServerUnavailable()), Post()

    for each, count in ((busy, 0), (post, 1), (post, 0)):
        monkeypatch.setattr(jobs, "_postman", lambda _, each=each: each)
        assert send_alerts(house) == count

    [letter] = post.letters
    assert letter.recipient == "owner@harbour.example"
    assert "is paused: too many letters came back" in letter.subject
    assert "campaign resume" in letter.text
    assert "ana" not in letter.text
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in letter.data
