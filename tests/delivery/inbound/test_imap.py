"""What is unseen in a mailbox is taken once, whatever happens in between."""

import ssl
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from campaigns.delivery.inbound import imap
from campaigns.delivery.inbound.imap import poll
from campaigns.delivery.server import Server
from campaigns.errors import AskwellError, SettingsError
from campaigns.house import House
from campaigns.inbound_settings import InboundSettings, read_inbound
from tests.delivery.inbound import mails
from tests.delivery.inbound.conftest import Sent
from tests.delivery.inbound.imap_server import Mailbox
from tests.delivery.inbound.test_receive import kept, letters
from tests.delivery.servers import Sink, serving


def reads(house: House, server: Server, password: str = "secret") -> None:
    inbound = InboundSettings(imap_url=f"imap://shop%40example.com:{password}@{server.host}:{server.port}/INBOX")
    object.__setattr__(house, "settings", replace(house.settings, inbound=inbound))


def test_unseen_mails_are_taken_and_seen(sent: Sent) -> None:
    mailbox = Mailbox(mails.dsn(sent.letter), mails.out_of_office())
    with mailbox.serving() as server:
        reads(sent.house, server)

        assert (poll(sent.house), poll(sent.house)) == (2, 0)

    assert letters(sent.house) == ["bounced", "cancelled"]
    assert (mailbox.unseen, len(mailbox.inbox)) == ([], 2)
    assert mailbox.logins[0] == 'LOGIN shop@example.com "secret"'


def test_what_was_taken_may_be_moved_away(sent: Sent) -> None:
    bounce = mails.dsn(sent.letter)
    mailbox = Mailbox(bounce)
    with mailbox.serving() as server:
        reads(sent.house, server)

        assert poll(sent.house, folder="Done") == 1

    assert (mailbox.inbox, mailbox.folders) == ({}, {"Done": [bounce]})


def test_a_mail_that_was_kept_but_not_marked_is_not_taken_twice(sent: Sent) -> None:
    mailbox = Mailbox(mails.dsn(sent.letter))
    with mailbox.serving() as server:
        reads(sent.house, server)
        poll(sent.house)
        mailbox.inbox[1].flags.clear()

        assert poll(sent.house) == 0

    assert len(kept(sent.house)) == 1


def test_a_mail_that_could_not_be_kept_stays_unseen(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("insert", {}, Exception())

    mailbox = Mailbox(mails.dsn(sent.letter))
    with mailbox.serving() as server, monkeypatch.context() as patched:
        reads(sent.house, server)
        patched.setattr(imap, "accept", away)
        with pytest.raises(OperationalError):
            poll(sent.house)

    assert mailbox.unseen == [1]


def test_a_mail_larger_than_is_read_stays_and_holds_up_nothing(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    bounce = mails.dsn(sent.letter)
    monkeypatch.setattr(imap, "LARGEST", len(bounce))
    mailbox = Mailbox(b"Subject: large\r\n\r\n" + b"x" * len(bounce), bounce)
    with mailbox.serving() as server:
        reads(sent.house, server)

        assert poll(sent.house) == 1

    assert letters(sent.house)[0] == "bounced"


def test_what_is_wrong_is_said_without_the_password(house: House) -> None:
    with Mailbox().serving() as server:
        reads(house, server, password="wrong")
        with pytest.raises(AskwellError, match="IMAP_URL") as refused:
            poll(house)
    with pytest.raises(AskwellError, match="IMAP_URL") as away:
        poll(house)

    assert "wrong" not in f"{refused.value}{away.value}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOUNCE_DOMAIN", "bounce"),
        ("BOUNCE_DOMAIN", "b@example.com"),
        ("BOUNCE_DOMAIN", "a b.example"),
        ("REPLIES", "yes"),
        ("REPLIES", "on"),
        ("IMAP_URL", "imap://a:b@mail.example.com/INBOX"),
        ("IMAP_URL", "imaps://mail.example.com/INBOX"),
        ("IMAP_URL", "https://a:b@mail.example.com"),
        ("IMAP_URL", "imaps://a:b@[mail"),
        ("IMAP_URL", "imaps://a:b@mail.example.com:hunter2/"),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as error:
        read_inbound(lambda asked: value if asked == name else "")

    assert "hunter2" not in str(error.value)


def test_settings_are_read_whole() -> None:
    told = {"BOUNCE_DOMAIN": "Bounce.Example.COM.", "REPLIES": "on", "IMAP_URL": "imaps://a:b@mail.example.com/INBOX"}
    found = read_inbound(lambda name: told.get(name, ""))

    assert (found.bounce_domain, found.takes_replies, found.imap_url) == ("bounce.example.com", True, told["IMAP_URL"])
    assert "a:b" not in repr(found)
    assert read_inbound(lambda _: "") == InboundSettings()


def test_a_password_is_told_to_nobody_whose_certificate_nobody_vouches_for(sent: Sent, tls: ssl.SSLContext) -> None:
    with serving(Sink(), ssl_context=tls) as server:
        inbound = InboundSettings(imap_url=f"imaps://shop:secret@localhost:{server.port}/INBOX")
        object.__setattr__(sent.house, "settings", replace(sent.house.settings, inbound=inbound))

        with pytest.raises(AskwellError, match="SSLCertVerificationError"):
            poll(sent.house)
