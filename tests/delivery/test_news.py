"""News of a letter is taken once, whoever tells it and in whatever order; what follows holds before the next letter."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from campaigns import meters
from campaigns.audience.suppression import Suppression
from campaigns.delivery.alerts import Alert
from campaigns.delivery.event import Event, Kind, News
from campaigns.delivery.halt import halts, lift
from campaigns.delivery.news import Taken, take, take_early
from campaigns.delivery.news_item import NewsItem
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message, schedule
from campaigns.enrollment.states import MessageKind
from campaigns.errors import DeliveryError, NeverDeliverable, TryLater
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from tests.delivery.stage import Clock, Outbox, all_messages, ask, shift, the_message
from tests.factories import (
    NOW,
    make_campaign,
    make_contact,
    make_enrollment,
    make_message,
    make_purchase,
    make_staff,
    make_store,
)

KEYS = iter(range(10_000))


def tell(house: House, message_id: int, news: News, kind: Kind | None = None, **more: Any) -> Taken:
    now = more.pop("now", NOW)
    blank = {"source": "ses", "key": f"e{next(KEYS)}", "at": now, "message_id": message_id, "address": None}
    with house.database.transaction() as session:
        return take(session, Event(**{**blank, **more}, news=news, kind=kind), now)


def suppressed(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(Suppression.reason).order_by(Suppression.id)))


@pytest.fixture
def sent(house: House) -> int:
    """An invitation that left, and its reminder to come."""
    with house.database.transaction() as session:
        message_id = ask(session, house.vault)[0]
        message = session.get_one(Message, message_id)
        message.state, message.sent_at, message.sent_on = "sent", NOW, NOW.date()
        schedule(
            session, message.enrollment_id, message.merchant_id, MessageKind.REMINDER, NOW + timedelta(days=5), NOW
        )
    return message_id


FOLLOWS = [
    (News.DELIVERED, None, "delivered", [], "scheduled"),
    (News.DELAYED, None, "sent", [], "scheduled"),
    (News.BOUNCED, Kind.HARD, "bounced", ["hard_bounce"], "cancelled"),
    (News.BOUNCED, Kind.DISABLED, "bounced", [], "scheduled"),
    (News.BOUNCED, Kind.SOFT, "bounced", [], "scheduled"),
    (News.BOUNCED, Kind.UNKNOWN, "bounced", [], "scheduled"),
    (News.BOUNCED, Kind.SENDER, "bounced", [], "scheduled"),
    (News.BOUNCED, Kind.CONTENT, "bounced", [], "scheduled"),
    (News.COMPLAINED, None, "complained", ["complaint"], "cancelled"),
    (News.UNSUBSCRIBED, None, "sent", ["unsubscribed"], "cancelled"),
]


@pytest.mark.parametrize(("news", "kind", "state", "reasons", "reminder"), FOLLOWS)
def test_each_news_has_its_consequence_and_has_it_once(
    house: House, sent: int, news: News, kind: Kind | None, state: str, reasons: list[str], reminder: str
) -> None:
    first = tell(house, sent, news, kind, key="the same")
    again = tell(house, sent, news, kind, key="the same")

    assert first in {Taken.MOVED, Taken.IGNORED}
    assert again is Taken.REPEATED
    assert [each.state for each in all_messages(house.database)] == [state, reminder]
    assert suppressed(house) == reasons
    with house.database.reading() as session:
        assert (session.scalars(select(Enrollment.stopped_at)).one() is not None) is bool(reasons)


@pytest.mark.parametrize("kind", [Kind.SOFT, Kind.SENDER])
def test_no_reminder_follows_a_letter_that_came_back(house: House, sent: int, kind: Kind) -> None:
    tell(house, sent, News.BOUNCED, kind)
    with house.database.transaction() as session:
        for each in halts(session):
            lift(session, each.merchant_id)
    outbox = Outbox()

    shift(house, outbox, Clock(NOW + timedelta(days=5, hours=1))).work()

    assert outbox.sent == []
    assert [each.state for each in all_messages(house.database)] == ["bounced", "cancelled"]


def test_late_and_reordered_news_changes_nothing_and_says_so(house: House, sent: int) -> None:
    assert tell(house, sent, News.COMPLAINED) is Taken.MOVED
    assert tell(house, sent, News.DELIVERED) is Taken.IGNORED
    assert tell(house, sent, News.BOUNCED, Kind.SOFT) is Taken.IGNORED

    assert the_message(house.database, sent).state == "complained"


def test_of_a_letter_that_is_not_ours_only_the_end_of_an_address_is_taken(house: House, sent: int) -> None:
    merchant_id = the_message(house.database, sent).merchant_id
    about: dict[str, Any] = {"merchant_id": merchant_id, "address": "Ben@Example.com"}

    assert tell(house, 999_999, News.COMPLAINED) is Taken.UNKNOWN
    assert tell(house, 999_999, News.DELIVERED, **about) is Taken.UNKNOWN
    assert tell(house, 999_999, News.COMPLAINED, **about) is Taken.MOVED
    assert tell(house, sent, News.COMPLAINED, merchant_id=merchant_id + 1) is Taken.UNKNOWN

    assert suppressed(house) == ["complaint"]
    assert the_message(house.database, sent).state == "sent"


def another_letter(house: House, number: int) -> int:
    """One more letter to Ana, which left."""
    with house.database.transaction() as session:
        merchant = session.scalars(select(Merchant)).one()
        version, contact = (
            make_campaign(session, merchant, name=f"Campaign {number}"),
            make_contact(session, merchant, "ana0@example.com"),
        )
        purchase = make_purchase(
            session, make_store(session, house.vault, merchant), contact, order_id=f"more-{number}"
        )
        return make_message(
            session, make_enrollment(session, purchase, version), state="sent", sent_at=NOW, sent_on=NOW.date()
        ).id


@pytest.mark.parametrize(("kind", "patience"), [(Kind.DISABLED, 2), (Kind.UNKNOWN, 3)])
def test_some_bounces_are_the_end_of_an_address_only_when_they_are_repeated(
    house: House, sent: int, kind: Kind, patience: int
) -> None:
    long_ago = NOW - timedelta(days=31)
    tell(house, another_letter(house, 0), News.BOUNCED, kind, at=long_ago)
    tell(house, sent, News.BOUNCED, kind)
    tell(house, sent, News.BOUNCED, kind)  # told by somebody else too

    for number in range(1, patience):
        assert suppressed(house) == []
        tell(house, another_letter(house, number), News.BOUNCED, kind)

    assert suppressed(house) == ["hard_bounce"]


@pytest.mark.parametrize(
    ("news", "kind", "state"), [(News.DELIVERED, None, "delivered"), (News.BOUNCED, Kind.SOFT, "bounced")]
)
def test_news_settles_a_doubt(house: House, message_id: int, news: News, kind: Kind | None, state: str) -> None:
    left_at = NOW - timedelta(hours=1)
    with house.database.transaction() as session:
        message = session.get_one(Message, message_id)
        message.state, message.intended_at = "in_doubt", left_at

    assert tell(house, message_id, news, kind) is Taken.MOVED

    message, *reminder = all_messages(house.database)
    assert (message.state, message.sent_at, message.sent_on) == (state, left_at, left_at.date())
    assert [each.kind for each in reminder] == (["reminder"] if state == "delivered" else [])


def test_news_that_is_faster_than_our_own_book_waits_for_it(house: House, message_id: int) -> None:
    def bounce() -> None:
        assert tell(house, message_id, News.BOUNCED, Kind.HARD) is Taken.EARLY
        assert again() == 0

    def again() -> int:
        with house.database.transaction() as session:
            return take_early(session, NOW)

    shift(house, Outbox(after=bounce)).work()

    assert (the_message(house.database, message_id).state, again(), again()) == ("sent", 1, 0)
    assert the_message(house.database, message_id).state == "bounced"
    assert suppressed(house) == ["hard_bounce"]


def alerts(house: House) -> list[tuple[str, str]]:
    with house.database.reading() as session:
        return [(each.kind, each.about) for each in session.scalars(select(Alert).order_by(Alert.id))]


def held(house: House) -> int:
    with house.database.reading() as session:
        return len(halts(session))


def letters(house: House, count: int) -> list[int]:
    with house.database.transaction() as session:
        ids = ask(session, house.vault, count)
        make_staff(session, session.scalars(select(Merchant)).one())
        for message_id in ids:
            message = session.get_one(Message, message_id)
            message.state, message.sent_at, message.sent_on = "sent", NOW, NOW.date()
    return ids


def refuse(house: House, message_id: int, status: str, now: datetime = NOW) -> None:
    tell(house, message_id, News.BOUNCED, Kind.SENDER, status=status, now=now)


def test_a_domain_that_is_not_believed_is_held_at_once_until_a_person_lets_it_go(house: House) -> None:
    one, two, *rest = letters(house, 6)

    refuse(house, one, "5.7.26")
    assert (held(house), suppressed(house)) == (1, [])
    assert alerts(house) == [("sender", "harbour.example")]
    with house.database.transaction() as session:
        [halt] = halts(session)
        assert halt.reason == "Paused by itself: 1 of the last 6 letters were refused because of who sent them."
        lift(session, halt.merchant_id)

    refuse(house, two, "5.7.26", NOW + timedelta(minutes=5))  # of a letter from before
    assert (held(house), len(alerts(house))) == (0, 1)
    with house.database.transaction() as session:
        session.get_one(Message, rest[0]).sent_at = NOW + timedelta(minutes=10)
    refuse(house, rest[0], "5.7.26", NOW + timedelta(minutes=15))
    assert held(house) == 1


def test_what_only_a_mail_says_of_one_letter_holds_nothing(house: House) -> None:
    ids = letters(house, 6)

    for told, message_id in enumerate(ids[:3]):
        assert held(house) == 0, told
        tell(house, message_id, News.BOUNCED, Kind.SENDER, source="dsn", status="5.7.26")

    assert held(house) == 1


def test_three_refusals_within_an_hour_hold_a_domain_and_two_only_tell_of_it(house: House) -> None:
    ids = letters(house, 4)

    refuse(house, ids[0], "5.7.1")
    refuse(house, ids[1], "5.7.1", NOW + timedelta(minutes=1))
    assert (held(house), alerts(house)) == (0, [("sender_once", "harbour.example")])
    refuse(house, ids[2], "5.7.1", NOW + timedelta(minutes=62))  # the others were an hour ago
    assert held(house) == 0
    refuse(house, ids[3], "5.7.1", NOW + timedelta(minutes=63))
    refuse(house, ids[3], "5.7.1", NOW + timedelta(minutes=63))
    assert held(house) == 0


def test_a_letter_refused_for_its_content_is_told_once_a_day(house: House) -> None:
    one, two = letters(house, 2)

    tell(house, one, News.BOUNCED, Kind.CONTENT)
    tell(house, two, News.BOUNCED, Kind.CONTENT)
    tell(house, two, News.BOUNCED, Kind.CONTENT, now=NOW + timedelta(days=1))

    assert [kind for kind, _ in alerts(house)] == ["content", "content"]


REFUSALS = [
    (550, "5.1.1", "hard", ["hard_bounce"]),
    (550, "5.2.1", "disabled", []),
    (550, "", "unknown", []),
    (552, "5.3.4", "content", []),
    (None, "5.6.7", None, []),  # by ourselves
]


@pytest.mark.parametrize(("code", "status", "kind", "reasons"), REFUSALS)
def test_a_refusal_while_sending_is_news_too(
    house: House, message_id: int, code: int | None, status: str, kind: str | None, reasons: list[str]
) -> None:
    shift(house, Outbox(outcomes=[NeverDeliverable(code=code, status=status)])).work()

    with house.database.reading() as session:
        assert session.scalars(select(NewsItem.kind)).all() == ([kind] if kind else [])
    assert suppressed(house) == reasons
    assert the_message(house.database, message_id).state == "failed"


COUNTED = [
    (NeverDeliverable(code=550, status="5.1.1"), NOW, "failed"),
    (NeverDeliverable(code=552, status="5.2.2"), NOW, "deferred"),  # full is not for ever
    (TryLater(code=451), NOW, "deferred"),
    (TryLater(code=451), NOW + timedelta(days=7) - timedelta(minutes=4), "failed"),  # the next try would be too late
    (None, NOW, "sent"),
]


@pytest.mark.parametrize(("trouble", "now", "outcome"), COUNTED)
def test_a_letter_is_counted_as_what_became_of_it(
    house: House, message_id: int, trouble: DeliveryError | None, now: datetime, outcome: str
) -> None:
    before = {each: meters.letters_so_far(each) for each in ("sent", "failed", "deferred", "in_doubt")}

    shift(house, Outbox(outcomes=[trouble]), Clock(now)).work()

    counted = {each: meters.letters_so_far(each) - number for each, number in before.items()}
    assert {each: number for each, number in counted.items() if number} == {outcome: 1}
    assert the_message(house.database, message_id).state == outcome


def test_a_server_that_does_not_believe_the_domain_is_told_of_and_holds_nothing(house: House, message_id: int) -> None:
    with house.database.transaction() as session:
        make_staff(session, session.scalars(select(Merchant)).one())

    shift(house, Outbox(outcomes=[NeverDeliverable(code=550, status="5.7.26")])).work()

    assert alerts(house) == [("sender_once", "harbour.example")]
    assert (held(house), the_message(house.database, message_id).state) == (0, "deferred")
