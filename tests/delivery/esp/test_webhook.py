"""The door of the mail services: what is genuine is kept and follows, what is not leaves no trace."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from campaigns.audience.suppression import Suppression
from campaigns.delivery.esp.event_receipt import EventReceipt
from campaigns.delivery.esp.jobs import KEPT_FOR, fold_events, forget_old
from campaigns.delivery.esp.locks import Lock
from campaigns.delivery.esp.services import ServiceKind
from campaigns.delivery.esp.source import add_source
from campaigns.delivery.news_item import NewsItem
from campaigns.enrollment.message import Message
from campaigns.house import House
from tests.delivery.esp.bodies import (
    RESEND_SECRET,
    SUBSCRIBE_URL,
    TOPIC,
    Amazon,
    Post,
    SendGrid,
    mailgun,
    postmark,
    resend,
    ses,
)
from tests.delivery.esp.conftest import Network, Place, be_at
from tests.delivery.stage import Outbox, shift
from tests.factories import NOW, make_merchant

AT = int(NOW.timestamp())


def rows(house: House, table: type[EventReceipt | NewsItem | Suppression]) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def doors(place: Place, amazon: Amazon) -> dict[str, tuple[str, Post, str, Post]]:
    """For each service a key, a genuine bounce, what it is known as, and the same bounce forged."""
    grid, other = SendGrid(), SendGrid()
    bounce: dict[str, Any] = {
        "event": "bounce",
        "type": "bounce",
        "email": place.address,
        "sg_event_id": "e1",
        "smtp-id": place.header,
    }
    bounce |= {"status": "5.1.1", "reason": "550 5.1.1 no such user", "timestamp": AT}
    failed: dict[str, Any] = {
        "event": "failed",
        "severity": "permanent",
        "id": "m1",
        "recipient": place.address,
        "timestamp": AT,
    }
    failed |= {
        "delivery-status": {"code": 550, "message": "5.1.1 unknown"},
        "message": {"headers": {"message-id": place.header.strip("<>")}},
    }
    record = {"RecordType": "Bounce", "Type": "HardBounce", "ID": 7, "Email": place.address, "MessageID": "pm-1"}
    record |= {"Details": "smtp;550 5.1.1 no such user", "BouncedAt": NOW.isoformat(), "From": "hello@harbour.example"}
    event: dict[str, Any] = {
        "type": "email.bounced",
        "created_at": NOW.isoformat(),
        "data": {"email_id": "r1", "to": [place.address]},
    }
    event["data"] |= {
        "bounce": {"type": "Permanent", "message": "hard bounce"},
        "from": "Harbour <hello@harbour.example>",
    }
    told = ses(place.header, place.address)
    forged = json.loads(amazon.says(told)[0]) | {"Message": json.dumps(told | {"forged": True})}
    kinds = ServiceKind
    return {
        "ses": (
            place.source(kinds.SES, Lock(topic=TOPIC)),
            amazon.says(told),
            "ses",
            (json.dumps(forged).encode(), {}),
        ),
        "sendgrid": (
            place.source(kinds.SENDGRID, Lock(grid.public_key)),
            grid.says(bounce),
            "sendgrid",
            other.says(bounce),
        ),
        "mailgun": (
            place.source(kinds.MAILGUN, Lock("signing-key")),
            mailgun(failed),
            "mailgun",
            mailgun(failed, key="guessed"),
        ),
        "postmark": (
            place.source(kinds.POSTMARK, Lock("open sesame")),
            postmark(record, "open sesame"),
            "postmark",
            postmark(record, "guess"),
        ),
        "resend": (
            place.source(kinds.RESEND, Lock(RESEND_SECRET)),
            resend(event),
            "resend",
            resend(event, secret="whsec_bm90aGluZw=="),
        ),
    }


@pytest.mark.parametrize("service", list(ServiceKind))
def test_a_genuine_bounce_is_believed_once_and_a_forged_one_never(
    place: Place, amazon: Amazon, network: Network, service: str
) -> None:
    key, genuine, source, forged = doors(place, amazon)[service]

    refused = place.tell(key, forged)
    assert (refused.status_code, rows(place.house, EventReceipt)) == (401, 0)
    first, again = place.tell(key, genuine), place.tell(key, genuine)

    assert [first.status_code, again.status_code] == [200, 200]
    assert [first.json, again.json] == [{"status": "accepted"}, {"status": "duplicate"}]
    assert rows(place.house, Suppression) == 1  # before anybody worked it off
    assert place.state() == "bounced"
    with place.house.database.reading() as session:
        item = session.scalars(select(NewsItem)).one()
        assert (item.source, item.kind, item.message_id, item.status) == (source, "hard", place.message_id, item.status)
        suppression = session.scalars(select(Suppression)).one()
        assert (suppression.reason, suppression.source) == ("hard_bounce", source)
        kept = session.scalars(select(EventReceipt)).one()
        assert place.address not in kept.sealed_body
        assert "@" not in item.key + item.reference


def test_a_known_token_with_other_words_opens_nothing_at_mailgun(place: Place) -> None:
    key = place.source(ServiceKind.MAILGUN, Lock("signing-key"))
    event = {"event": "opened", "recipient": place.address, "message": {"headers": {"message-id": place.header}}}
    delivered, complained = mailgun(event | {"event": "delivered"}), mailgun(event | {"event": "complained"})

    assert place.tell(key, delivered).json == {"status": "accepted"}
    assert place.tell(key, complained).json == {"status": "duplicate"}
    assert (place.state(), rows(place.house, Suppression)) == ("delivered", 0)

    old = mailgun(event | {"event": "complained"}, token="b" * 50)
    be_at(NOW + timedelta(hours=13))
    assert place.tell(key, old).status_code == 401


@pytest.mark.parametrize("version", ["1", "2"])
def test_amazon_is_believed_only_from_the_one_topic(
    place: Place, amazon: Amazon, network: Network, version: str
) -> None:
    key = place.source(ServiceKind.SES, Lock(topic=TOPIC))
    complaint = ses(place.header, place.address, "Complaint")
    strange = "arn:aws:sns:eu-west-1:666666666666:letters"

    assert place.tell(key, amazon.says(complaint, version, TopicArn=strange)).status_code == 401
    for url in (
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
        "https://sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
    ):
        assert place.tell(key, amazon.says(complaint, version, SigningCertURL=url)).status_code == 401
    assert network.fetched == []
    for old in ("2026-11-13T10:00:00.000Z", "2026-12-13T10:00:00.000Z", "then"):
        assert place.tell(key, amazon.says(complaint, version, Timestamp=old)).status_code == 401
    assert rows(place.house, EventReceipt) == 0
    assert place.tell(key, amazon.says(complaint, version)).status_code == 200
    assert place.tell(key, amazon.says(complaint, version)).status_code == 200
    assert len(network.fetched) == 1
    assert place.state() == "complained"


def test_a_subscription_is_confirmed_once_and_only_at_amazon(place: Place, amazon: Amazon, network: Network) -> None:
    key = place.source(ServiceKind.SES, Lock(topic=TOPIC))

    elsewhere = amazon.asks_to_confirm(SubscribeURL="https://evil.example/?Action=ConfirmSubscription")
    assert place.tell(key, elsewhere).status_code == 401
    assert place.tell(key, amazon.asks_to_confirm()).status_code == 503  # Amazon does not answer, and will ask again
    network.pages[SUBSCRIBE_URL] = b"<ConfirmSubscriptionResponse/>"
    answers = [place.tell(key, amazon.asks_to_confirm()) for _ in range(3)]

    assert [answer.json for answer in answers] == [{"status": "confirmed"}] * 3
    assert network.fetched.count(SUBSCRIBE_URL) == 2
    assert place.tell(key, amazon.says("Successfully validated SNS topic")).json == {"status": "ignored"}


def test_what_cannot_be_read_is_refused_and_what_means_nothing_is_not_kept(place: Place) -> None:
    key, grid = place.source(ServiceKind.POSTMARK, Lock("open sesame")), SendGrid()
    other = place.source(ServiceKind.SENDGRID, Lock(grid.public_key))

    _, headers = postmark({}, "open sesame")
    assert place.tell(key, (b"not json", headers)).status_code == 400
    assert place.tell(key, (b"[1]", headers)).status_code == 400
    assert place.tell(key, postmark({"RecordType": "Open"}, "open sesame")).json == {"status": "ignored"}
    assert place.tell(other, grid.says({"event": "open"}, {"event": "from the future"})).json == {"status": "ignored"}
    assert place.tell("nobody", (b"{}", {})).status_code == 404
    token = place.source(ServiceKind.MAILGUN, Lock("signing-key"))
    seal = {"timestamp": str(AT), "token": "\ud800", "signature": "\ud800"}
    assert place.tell(token, (json.dumps({"signature": seal}).encode(), {})).status_code == 401
    assert rows(place.house, EventReceipt) == 0


def test_a_complaint_that_was_only_accepted_stops_the_letter_that_is_about_to_leave(
    place: Place, amazon: Amazon, network: Network
) -> None:
    key = place.source(ServiceKind.SES, Lock(topic=TOPIC))
    with place.house.database.transaction() as session:
        message = session.get_one(Message, place.message_id)
        message.state, message.sent_at, message.sent_on = "scheduled", None, None
    outbox = Outbox(before=lambda: place.tell(key, amazon.says(ses("", place.address, "Complaint"))))

    shift(place.house, outbox).work()

    assert outbox.sent == []
    assert place.state() == "cancelled"


def test_the_letter_of_another_merchant_is_out_of_reach(place: Place) -> None:
    with place.house.database.transaction() as session:
        stranger = make_merchant(session, name="Kiln & Co")
        lock = Lock("signing-key")
        key = add_source(session, place.house.vault, stranger.id, ServiceKind.MAILGUN, lock, NOW).key
    event = {"event": "complained", "recipient": place.address, "message": {"headers": {"message-id": place.header}}}

    assert place.tell(key, mailgun(event)).status_code == 200

    assert place.state() == "sent"
    with place.house.database.reading() as session:
        assert session.scalars(select(Suppression.merchant_id)).all() == [stranger.id]


def test_news_by_an_id_of_the_services_own_finds_the_letter_it_named_before(place: Place) -> None:
    grid = SendGrid()
    key = place.source(ServiceKind.SENDGRID, Lock(grid.public_key))
    about = {"email": "someone.else@example.com", "timestamp": AT}
    named = about | {"event": "delivered", "smtp-id": place.header, "sg_event_id": "e1", "sg_message_id": "abc.filter1"}

    place.tell(key, grid.says(named))
    assert place.state() == "delivered"
    place.tell(key, grid.says(about | {"event": "spamreport", "sg_event_id": "e2", "sg_message_id": "abc.filter2"}))
    assert place.state() == "complained"


def test_a_letter_is_not_guessed_where_it_came_from_elsewhere_or_left_long_ago(place: Place) -> None:
    key = place.source(ServiceKind.POSTMARK, Lock("open sesame"))
    record = {"RecordType": "Bounce", "Type": "SoftBounce", "Email": place.address, "BouncedAt": NOW.isoformat()}

    place.tell(key, postmark(record | {"ID": 1, "From": "receipts@harbour.example"}, "open sesame"))
    assert place.state() == "sent"
    be_at(NOW + timedelta(days=9))
    late = {"BouncedAt": (NOW + timedelta(days=8)).isoformat()}
    place.tell(key, postmark(record | late | {"ID": 2, "From": "hello@harbour.example"}, "open sesame"))
    assert place.state() == "sent"
    place.tell(key, postmark(record | {"ID": 3, "From": "hello@harbour.example"}, "open sesame"))
    assert place.state() == "bounced"


def test_one_delivery_that_cannot_be_worked_off_steps_aside(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    key = place.source(ServiceKind.POSTMARK, Lock("open sesame"))
    record = {"RecordType": "Delivery", "Recipient": place.address, "DeliveredAt": NOW.isoformat()}
    place.tell(key, postmark(record, "open sesame"))
    with place.house.database.transaction() as session:
        session.scalars(select(EventReceipt)).one().sealed_body = "not sealed by us"

    assert fold_events(place.house) == 1
    assert fold_events(place.house) == 0

    with place.house.database.reading() as session:
        assert session.scalars(select(EventReceipt.state)).one() == "stuck"


def test_what_was_sent_is_forgotten_after_thirty_days(place: Place) -> None:
    key = place.source(ServiceKind.POSTMARK, Lock("open sesame"))
    place.tell(key, postmark({"RecordType": "Delivery", "Recipient": place.address, "DeliveredAt": ""}, "open sesame"))
    assert (place.state(), forget_old(place.house)) == ("delivered", 0)

    be_at(NOW + KEPT_FOR + timedelta(days=1))

    assert forget_old(place.house) == 1
    assert rows(place.house, EventReceipt) == 0
