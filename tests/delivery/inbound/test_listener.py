"""Mail servers bring mail by LMTP and by SMTP, and hear the truth about it."""

import smtplib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from sqlalchemy.exc import OperationalError

from campaigns.delivery.inbound import listener
from campaigns.delivery.inbound.listener import Place, listen
from campaigns.delivery.inbound.receive import keys_of
from campaigns.errors import SettingsError
from campaigns.house import House
from tests.delivery.inbound import mails
from tests.delivery.inbound.conftest import Sent
from tests.delivery.inbound.doors import listening
from tests.delivery.inbound.test_receive import kept, letters, suppressed
from tests.delivery.servers import Sink, serving

Client = Callable[..., smtplib.SMTP]


def bounce(sent: Sent, **values: str) -> bytes:
    return mails.dsn(sent.letter, **values).replace(b"\n", b"\r\n")


def lmtp(port: int) -> smtplib.LMTP:
    return smtplib.LMTP("127.0.0.1", port)


def smtp(port: int) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", port)


@pytest.mark.parametrize("dial", [lmtp, smtp])
def test_a_bounce_that_a_server_brings_is_taken(sent: Sent, dial: Client) -> None:
    with listening(sent.house, is_lmtp=dial is lmtp) as port, dial(port) as server:
        assert server.sendmail("", [sent.sender], bounce(sent)) == {}

    assert letters(sent.house) == ["bounced", "cancelled"]
    assert suppressed(sent.house) == ["hard_bounce"]


def test_an_automatic_reply_is_known_by_its_empty_sender(sent: Sent) -> None:
    words = b"From: ana0@example.com\r\nSubject: Re: How was it?\r\n\r\nI am away.\r\n"
    with listening(sent.house, is_lmtp=True) as port, lmtp(port) as server:
        server.sendmail("", [keys_of(sent.house).paths.replies(sent.message_id)], words)

    assert [mail.kind for mail in kept(sent.house)] == ["auto_reply"]


def test_nobody_elses_mail_is_taken(sent: Sent) -> None:
    forged = sent.sender.replace(".", ".0", 1)
    with listening(sent.house, is_lmtp=False) as port, smtp(port) as server:
        server.ehlo()
        server.mail("ana@example.com")
        replies = [server.rcpt(each)[0] for each in ("ana@example.com", forged, "postmaster", sent.sender, sent.sender)]

    assert replies == [550, 550, 550, 250, 452]
    assert kept(sent.house) == []


def test_a_mail_has_to_come_again_where_the_database_is_away(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("insert", {}, Exception())

    with listening(sent.house, is_lmtp=True) as port, lmtp(port) as server:
        with monkeypatch.context() as patched, pytest.raises(smtplib.SMTPDataError) as error:
            patched.setattr(listener, "accept", away)
            server.sendmail("", [sent.sender], bounce(sent))
        assert error.value.smtp_code == 451
        server.sendmail("", [sent.sender], bounce(sent))

    assert len(kept(sent.house)) == 1


def test_a_mail_that_trips_us_has_to_come_again_and_nobody_hears_why(
    sent: Sent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def trip(*_: object) -> None:
        raise ValueError("ana0@example.com")

    monkeypatch.setattr(listener, "accept", trip)
    with (
        listening(sent.house, is_lmtp=True) as port,
        lmtp(port) as server,
        pytest.raises(smtplib.SMTPDataError) as error,
    ):
        server.sendmail("", [sent.sender], bounce(sent))

    assert (error.value.smtp_code, error.value.smtp_error) == (451, b"4.3.0 not now")
    assert "a mail has to come again: ValueError at test_listener.py" in caplog.text


def test_a_mail_that_is_too_large_is_refused_for_good(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "LARGEST", 2000)
    with listening(sent.house, is_lmtp=False) as port, smtp(port) as server:
        server.ehlo()
        server.mail("a@example.com")
        server.rcpt(sent.sender)
        code, _ = server.data(b"Subject: x\r\n\r\n" + b"x\r\n" * 2000)

    assert code == 552


def test_many_bring_mail_at_once(sent: Sent) -> None:
    def bring(number: int) -> None:
        with lmtp(port) as server:
            server.sendmail("", [sent.sender], b"X-Number: %d\r\n" % number + bounce(sent, status="5.2.2"))

    with listening(sent.house, is_lmtp=True) as port, ThreadPoolExecutor(12) as pool:
        list(pool.map(bring, range(24)))

    assert len(kept(sent.house)) == 24
    assert letters(sent.house)[0] == "bounced"


def test_there_is_an_end_to_how_many_may_wait(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "MOST_CONNECTIONS", 3)
    with listening(sent.house, is_lmtp=True) as port, ExitStack() as open_ones:
        for _ in range(3):
            open_ones.enter_context(lmtp(port)).ehlo()
        with pytest.raises((smtplib.SMTPException, OSError)):
            lmtp(port).ehlo("here")
        open_ones.close()
        with lmtp(port) as server:
            assert server.sendmail("", [sent.sender], bounce(sent)) == {}


def test_a_listener_that_cannot_begin_says_why(house: House, sent: Sent) -> None:
    with serving(Sink()) as taken, pytest.raises(SettingsError, match="Port"):
        listen(sent.house, Place(host=taken.host, port=taken.port))


def test_a_listener_needs_a_domain(house: House) -> None:
    with pytest.raises(SettingsError, match="BOUNCE_DOMAIN"):
        listen(house, Place(host="127.0.0.1", port=0))
