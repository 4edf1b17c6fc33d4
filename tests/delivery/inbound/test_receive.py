"""What came back does what it says to the letter it is about, once, and nothing without proof."""

import re
from datetime import timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience.suppression import Suppression
from campaigns.delivery.inbound import receive
from campaigns.delivery.inbound.inbound_mail import InboundMail, counts, fold_again, forget, purge, unseal
from campaigns.delivery.inbound.jobs import fold_inbound, work_off_inbound
from campaigns.delivery.inbound.receive import Receipt
from campaigns.enrollment.enrollment import get_enrollment, keep_open
from campaigns.enrollment.message import Message
from campaigns.house import House
from campaigns.inbound_settings import InboundSettings
from tests.delivery.inbound import mails
from tests.delivery.inbound.conftest import Sent
from tests.delivery.stage import all_messages
from tests.factories import NOW, make_merchant


def kept(house: House) -> list[InboundMail]:
    with house.database.reading() as session:
        return list(session.scalars(select(InboundMail).order_by(InboundMail.id)))


def letters(house: House) -> list[str]:
    """Say how it stands with the invitation and its reminder."""
    return [message.state for message in all_messages(house.database)]


def suppressed(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(Suppression.reason)))


def without_names(letter: bytes) -> bytes:
    """Return a letter as a careful loop gives it back: nothing in its head says which it is."""
    head = letter.partition(b"\r\n\r\n")[0]
    return re.sub(rb"(?im)^(Message-ID|List-Unsubscribe|Reply-To):.*\r\n", b"", head + b"\r\n") + b"\r\nredacted"


def test_a_hard_bounce_ends_an_address_and_its_reminder(sent: Sent) -> None:
    assert letters(sent.house) == ["sent", "scheduled"]

    assert sent.comes_back(mails.dsn(sent.letter), to=sent.sender) is Receipt.NEW

    assert letters(sent.house) == ["bounced", "cancelled"]
    assert suppressed(sent.house) == ["hard_bounce"]
    [mail] = kept(sent.house)
    assert (mail.kind, mail.bounce, mail.proof, mail.outcome) == ("bounce", "hard", "return_path", "moved")
    assert (mail.message_id, mail.folded_at is not None) == (sent.message_id, True)


def test_the_same_mail_again_changes_nothing(sent: Sent) -> None:
    bounce = mails.dsn(sent.letter)

    assert sent.comes_back(bounce, to=sent.sender) is Receipt.NEW
    assert sent.comes_back(bounce, to=sent.sender, days=2) is Receipt.REPEATED
    assert sent.comes_back(b"X-Again: 1\n" + bounce, to=sent.sender, days=2) is Receipt.NEW

    assert [mail.outcome for mail in kept(sent.house)] == ["moved", "ignored"]
    assert suppressed(sent.house) == ["hard_bounce"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("4.4.7", ""),
        ("5.2.2", "smtp; 552 full"),
        ("5.7.1", "smtp; 550 spam"),
        ("5.3.4", ""),
        ("5.0.0", ""),
        ("5.2.1", ""),
    ],
)
def test_only_a_hard_bounce_suppresses_at_once(sent: Sent, status: str, said: str) -> None:
    sent.comes_back(mails.dsn(sent.letter, status=status, said=said), to=sent.sender)

    assert suppressed(sent.house) == []
    assert letters(sent.house)[0] == "bounced"


def test_a_delay_changes_nothing(sent: Sent) -> None:
    sent.comes_back(mails.dsn(sent.letter, action="delayed", status="4.4.1"), to=sent.sender)

    assert letters(sent.house) == ["sent", "scheduled"]
    assert kept(sent.house)[0].kind == "delay"


@pytest.mark.parametrize("make", [mails.arf, mails.hotmail])
def test_a_complaint_is_known_by_the_letter_it_encloses(sent: Sent, make: object) -> None:
    assert callable(make)
    sent.comes_back(make(sent.letter))

    assert letters(sent.house) == ["complained", "cancelled"]
    assert suppressed(sent.house) == ["complaint"]


def test_each_proof_is_enough_by_itself(sent: Sent) -> None:
    bare = without_names(sent.letter)
    head = sent.letter.partition(b"\r\n\r\n")[0].split(b"\r\n")
    message_id, stop = (
        next(line for line in head if line.startswith(name)) for name in (b"Message-ID", b"List-Unsubscribe:")
    )
    shown = {
        "return_path": b"Return-Path: <" + sent.sender.encode() + b">\r\n" + bare,
        "message_id": message_id + b"\r\n" + bare,
        "link": stop + b"\r\n" + bare,
    }

    for number, letter in enumerate(shown.values()):
        sent.comes_back(mails.arf(letter), seconds=number)
    sent.comes_back(mails.arf(bare))

    assert [mail.proof for mail in kept(sent.house)] == [*shown, ""]


@pytest.mark.parametrize("inbound", [InboundSettings()])
def test_without_return_paths_what_a_letter_holds_tells(sent: Sent) -> None:
    sent.comes_back(mails.dsn(sent.letter))

    assert letters(sent.house) == ["bounced", "cancelled"]
    assert kept(sent.house)[0].proof == "link"


def test_a_forged_message_id_names_nothing(sent: Sent) -> None:
    message_id = str(message_from_bytes(sent.letter)["Message-ID"])
    digest = message_id.partition(".")[2].partition("@")[0]
    forged = without_names(sent.letter)
    forged = message_id.replace(digest, "0" * 12).join(("Message-ID: ", "\r\n")).encode() + forged

    sent.comes_back(mails.arf(forged))
    sent.comes_back(mails.dsn(forged).replace(b"ana0@", b"nobody@"))

    assert letters(sent.house) == ["sent", "scheduled"]
    assert [mail.message_id for mail in kept(sent.house)] == [None, None]


def test_an_address_alone_moves_a_letter_and_never_suppresses(sent: Sent) -> None:
    sent.comes_back(mails.written_by_hand())

    [mail] = kept(sent.house)
    assert (mail.proof, mail.bounce) == ("address", "hard")
    assert letters(sent.house)[0] == "bounced"
    assert suppressed(sent.house) == []


def test_an_address_alone_proves_no_complaint(sent: Sent) -> None:
    sent.comes_back(mails.arf(without_names(sent.letter), recipient="ana0@example.com"))

    assert letters(sent.house) == ["sent", "scheduled"]


def test_an_address_alone_is_not_believed_late_or_where_it_could_be_two_letters(sent: Sent) -> None:
    sent.comes_back(mails.written_by_hand(), days=8)
    with sent.house.database.transaction() as session:
        two = session.scalars(select(Message).where(Message.kind == "reminder")).one()
        two.state, two.sent_at = "sent", NOW
    sent.comes_back(mails.written_by_hand(), days=1)

    assert letters(sent.house) == ["sent", "sent"]


def test_an_automatic_reply_is_counted_and_nothing_of_it_kept(sent: Sent) -> None:
    sent.comes_back(
        mails.out_of_office("Auto-Submitted: auto-replied", to=str(message_from_bytes(sent.letter)["Reply-To"]))
    )

    [mail] = kept(sent.house)
    assert (mail.kind, mail.sealed_mail, mail.sealed_words, mail.message_id) == ("auto_reply", None, None, None)
    assert letters(sent.house) == ["sent", "scheduled"]
    with sent.house.database.reading() as session:
        assert counts(session, NOW) == {"auto_reply": 1}


def test_a_reply_cancels_the_reminder_and_is_kept_sealed(sent: Sent) -> None:
    raw = mails.reply(sent.letter)
    sent.comes_back(raw)

    [mail] = kept(sent.house)
    assert (mail.kind, mail.is_from_contact, mail.forward_at) == ("reply", True, NOW + timedelta(minutes=1))
    assert letters(sent.house) == ["delivered", "cancelled"]
    assert "Lovely" not in f"{mail.sealed_mail}{mail.sealed_words}"
    assert unseal(sent.house.vault, mail.sealed_mail or "") == raw
    assert sent.house.vault.unseal(mail.sealed_words or "") == "5\n\nLovely mugs!"


def test_a_reply_that_asks_to_stop_unsubscribes(sent: Sent) -> None:
    sent.comes_back(mails.reply(sent.letter, "Unsubscribe"))

    assert suppressed(sent.house) == ["unsubscribed"]
    assert letters(sent.house) == ["sent", "cancelled"]


def test_apple_mails_own_way_to_unsubscribe_is_heard(sent: Sent) -> None:
    head = b"Auto-Submitted: auto-replied\nX-Apple-Unsubscribe: true\n"
    sent.comes_back(head + mails.reply(sent.letter, "Apple Mail sent this email to unsubscribe."))

    assert suppressed(sent.house) == ["unsubscribed"]


def test_a_strangers_mail_is_kept_and_does_nothing(sent: Sent) -> None:
    sent.comes_back(b"From: stranger@example.net\nTo: hello@harbour.example\nSubject: Hi\n\n5\n")

    [mail] = kept(sent.house)
    assert (mail.kind, mail.message_id, mail.forward_at) == ("other", None, None)
    assert letters(sent.house) == ["sent", "scheduled"]


def test_what_a_person_quotes_proves_nothing(sent: Sent) -> None:
    quoting = mails.reply(b"Message-ID: <1@elsewhere.example>\r\n\r\n", f"5\n{sent.sender}", to="care@harbour.example")
    sent.comes_back(quoting)

    assert kept(sent.house)[0].message_id is None


def test_what_could_not_be_folded_is_kept_and_folded_later(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("ana0@example.com")

    with monkeypatch.context() as patched:
        patched.setattr(receive, "take", broken)
        assert sent.comes_back(mails.dsn(sent.letter), to=sent.sender) is Receipt.NEW
        assert kept(sent.house)[0].folded_at is None
        assert letters(sent.house) == ["sent", "scheduled"]

    assert (fold_inbound(sent.house), fold_inbound(sent.house)) == (1, 0)
    assert letters(sent.house) == ["bounced", "cancelled"]


def test_what_cannot_be_folded_is_set_aside_until_somebody_asks_again(
    sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("ana0@example.com")

    with monkeypatch.context() as patched:
        patched.setattr(receive, "take", broken)
        sent.comes_back(mails.dsn(sent.letter), to=sent.sender)
        assert (fold_inbound(sent.house), fold_inbound(sent.house)) == (0, 0)
        assert kept(sent.house)[0].outcome == "set_aside"

    with sent.house.database.transaction() as session:
        assert fold_again(session) == 1
    assert fold_inbound(sent.house) == 1
    assert letters(sent.house) == ["bounced", "cancelled"]
    with sent.house.database.transaction() as session:
        assert fold_again(session) == 0


def test_what_was_written_is_forgotten_after_thirty_days_and_when_somebody_is_erased(sent: Sent) -> None:
    sent.comes_back(mails.reply(sent.letter))
    sent.comes_back(mails.dsn(sent.letter), to=sent.sender, days=29)

    with sent.house.database.transaction() as session:
        assert purge(session, NOW + timedelta(days=1)) == 1
        assert purge(session, NOW + timedelta(days=1)) == 0
    assert [mail.sealed_mail is None for mail in kept(sent.house)] == [True, False]
    assert kept(sent.house)[0].sealed_words is None

    with sent.house.database.transaction() as session:
        forget(session, [sent.message_id])
    assert [mail.sealed_mail for mail in kept(sent.house)] == [None, None]


def test_nothing_to_do_is_nothing_done(house: House, session: Session, at_ten: None) -> None:
    make_merchant(session)
    session.commit()

    assert work_off_inbound(house) == 0


def test_no_address_is_logged(sent: Sent, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    sent.comes_back(mails.dsn(sent.letter), to=sent.sender)
    sent.comes_back(mails.reply(sent.letter))

    assert "is a bounce hard" in caplog.text
    assert "@" not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("campaigns"))


def test_a_letter_is_known_by_its_message_id_also_after_its_person_asked_for_more_time(sent: Sent) -> None:
    with sent.house.database.transaction() as session:
        message = session.get_one(Message, sent.message_id)
        keep_open(session, get_enrollment(session, message.enrollment_id), NOW + timedelta(days=60))
    named = f"Message-ID: {message_from_bytes(sent.letter)['Message-ID']}\r\nSubject: Hi\r\n".encode()

    sent.comes_back(mails.arf(named))

    assert letters(sent.house) == ["complained", "cancelled"]
    assert [mail.proof for mail in kept(sent.house)] == ["message_id"]


def test_a_mail_that_trips_its_reader_is_kept_and_read_again_when_somebody_asks(
    sent: Sent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def trip(_: object) -> None:
        raise ValueError("ana0@example.com")

    with monkeypatch.context() as patched:
        patched.setattr(receive, "read", trip)
        assert sent.comes_back(mails.dsn(sent.letter), to=sent.sender) is Receipt.NEW
    assert letters(sent.house) == ["sent", "scheduled"]
    assert "@" not in caplog.text

    with sent.house.database.transaction() as session:
        fold_again(session)
    fold_inbound(sent.house)

    assert letters(sent.house) == ["bounced", "cancelled"]
