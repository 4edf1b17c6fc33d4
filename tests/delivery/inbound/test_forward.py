"""A customer's reply reaches the merchant once, whole and safe, and no machine's ever does."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from campaigns import clock
from campaigns.composition.letter import Letter
from campaigns.delivery.inbound import jobs
from campaigns.delivery.inbound.forward import Forward, write
from campaigns.delivery.inbound.jobs import forward_replies
from campaigns.delivery.inbound.receive import MOST_FORWARDED
from campaigns.merchants.merchant import Merchant
from tests.delivery.inbound import mails
from tests.delivery.inbound.conftest import BOUNCES, Sent
from tests.delivery.inbound.test_receive import kept
from tests.delivery.test_jobs import set_clock
from tests.factories import NOW


def passed_on(sent: Sent) -> list[EmailMessage]:
    """Return what the merchant got, without the letter that left first."""
    forward_replies(sent.house)
    return [message_from_bytes(letter, policy=policy.default) for letter in sent.sink.letters[1:]]


def with_photo(sent: Sent) -> bytes:
    mail = message_from_bytes(mails.reply(sent.letter, "Broken, see the picture"), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(bytes(range(256)) * 40, maintype="image", subtype="jpeg", filename="mug.jpg")
    return mail.as_bytes()


@pytest.fixture(autouse=True)
def a_minute_later(sent: Sent) -> None:
    set_clock(NOW + timedelta(minutes=2))


def test_a_reply_is_passed_on_once_under_the_merchants_own_name(sent: Sent) -> None:
    sent.comes_back(mails.reply(sent.letter, "Größer wäre schöner. \U0001f600"))

    [mail] = passed_on(sent)
    assert forward_replies(sent.house) == 0

    assert (mail["From"], mail["To"]) == ("Harbour Mugs <hello@harbour.example>", "care@harbour.example")
    assert (mail["Reply-To"], mail["Subject"]) == ("ana0@example.com", "Re: How was your order?")
    assert (mail["Auto-Submitted"], mail["X-Askwell-Loop"]) == ("auto-generated", "1")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Größer wäre schöner. \U0001f600" in body.get_content()


def test_what_was_attached_comes_along(sent: Sent) -> None:
    sent.comes_back(with_photo(sent))

    [mail] = passed_on(sent)
    [photo] = mail.iter_attachments()
    assert (photo.get_filename(), photo.get_content()) == ("mug.jpg", bytes(range(256)) * 40)


def test_what_comes_back_of_it_is_never_passed_on_again(sent: Sent) -> None:
    sent.comes_back(mails.reply(sent.letter))
    passed_on(sent)
    to = str(message_from_bytes(sent.letter)["Reply-To"])

    sent.comes_back(sent.sink.letters[1], to=to)
    sent.comes_back(mails.out_of_office("X-Autoreply: yes", to=to))

    assert len(passed_on(sent)) == 1
    assert [mail.kind for mail in kept(sent.house)] == ["reply", "auto_reply", "auto_reply"]


def test_a_machine_that_hides_it_is_passed_on_a_few_times_only(sent: Sent) -> None:
    for number in range(MOST_FORWARDED + 3):
        sent.comes_back(mails.reply(sent.letter, f"Thank you for your mail number {number}"))

    assert len(passed_on(sent)) == MOST_FORWARDED


def test_a_reply_to_the_merchants_own_mailbox_is_there_already(sent: Sent) -> None:
    sent.comes_back(mails.reply(sent.letter, to="care@harbour.example"))

    assert passed_on(sent) == []
    assert kept(sent.house)[0].kind == "reply"


def test_nothing_is_passed_on_to_where_it_came_from(sent: Sent) -> None:
    with sent.house.database.transaction() as session:
        session.scalars(select(Merchant)).one().reply_to = f"care@{BOUNCES}"
    sent.comes_back(mails.reply(sent.letter))

    assert passed_on(sent) == []


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: =?utf-8?Q?a=0D=0ABcc:_eve@example.net?=\n",
        b"Subject: a\r\rBcc: eve@example.net\n",
        b"Content-Type: text/plain;\n charset=utf-8\n",
        b"Content-Type: text/plain; charset=klingon\n",
        b"Content-Transfer-Encoding: base64\n",
        b'Content-Type: multipart/mixed; boundary="x\n',
    ],
)
def test_a_hostile_reply_adds_no_line_to_the_head(sent: Sent, head: bytes) -> None:
    sent.comes_back(
        head + mails.reply(sent.letter, "Hello " + "x" * 2000), to=str(message_from_bytes(sent.letter)["Reply-To"])
    )

    [mail] = passed_on(sent)
    raw = sent.sink.letters[1]
    assert (mail["Bcc"], mail["To"]) == (None, "care@harbour.example")
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_a_reply_waits_while_the_server_is_away_and_is_given_up_in_the_end(sent: Sent) -> None:
    sent.comes_back(mails.reply(sent.letter))
    sent.sink.rcpt = "451 4.3.0 later"
    assert forward_replies(sent.house) == 0
    sent.sink.rcpt = ""

    assert forward_replies(sent.house) == 0  # not yet
    set_clock(NOW + timedelta(minutes=20))
    assert forward_replies(sent.house) == 1

    sent.comes_back(mails.reply(sent.letter, "once more"))
    set_clock(clock.now() + timedelta(days=4))
    assert forward_replies(sent.house) == 0
    assert [mail.forward_at for mail in kept(sent.house)] == [None, None]


def test_a_reply_that_trips_us_holds_up_no_other(
    sent: Sent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sent.comes_back(mails.reply(sent.letter, "one"))
    sent.comes_back(mails.reply(sent.letter, "two"))

    def trip(forward: Forward) -> Letter:
        if "one" in forward.mail.text:
            raise ValueError("ana0@example.com")
        return write(forward)

    monkeypatch.setattr(jobs, "write", trip)

    assert len(passed_on(sent)) == 1
    assert "was not passed on: ValueError at test_forward.py" in caplog.text
    assert [mail.forward_at for mail in kept(sent.house)] == [None, None]
