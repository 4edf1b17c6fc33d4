"""What was promised by mail leaves over real SMTP, at most once, and only to somebody who may be written to."""

import email
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import policy

import pytest
from sqlalchemy import delete, update

from campaigns import clock
from campaigns.audience.contact import Contact
from campaigns.audience.suppression import SuppressionReason, suppress
from campaigns.catalog.campaign import Campaign
from campaigns.composition.letter import Letter as Mail
from campaigns.composition.thanks import ThanksFacts, compose_thanks
from campaigns.delivery.halt import EVERYBODY, halt
from campaigns.enrollment.enrollment import Enrollment
from campaigns.house import House
from campaigns.links import Links
from campaigns.responses import thanking
from campaigns.responses.answering import Desk
from campaigns.responses.claiming import claim
from campaigns.responses.incentive import Incentive
from campaigns.responses.jobs import fold_answers, mature_answers
from campaigns.responses.person import forget_reader, withdraw
from campaigns.responses.pool import IncentiveCode, add_codes
from campaigns.responses.thanking import send_thanks
from tests.delivery.servers import Sink, serving
from tests.factories import NOW, ask_ana
from tests.responses.conftest import Ana, Letter, Records, add, letter_of

OFFER = {
    "pool": "autumn",
    "deliver": "mail",
    "until": "2099-12-31",
    "text": {"en": "10 % off your next order", "de": "10 % Rabatt"},
    "conditions": {"en": "From 30 €."},
}


@pytest.fixture
def sink(house: House) -> Iterator[Sink]:
    sink = Sink()
    with serving(sink) as server:
        address = f"smtp://{server.host}:{server.port}"
        object.__setattr__(house, "settings", replace(house.settings, smtp_url=address))
        yield sink


@pytest.fixture
def letter(house: House) -> Letter:
    with house.database.transaction() as session:
        message = ask_ana(session, house.vault, thanks={"incentive": OFFER}, question=[])
        enrollment = session.get_one(Enrollment, message.enrollment_id)
        enrollment.closes_at = clock.now() + timedelta(days=21)
        add_codes(session, house.vault, message.merchant_id, "autumn", ["AAA-111", "BBB-222"], NOW)
    return letter_of(house, message)


def answer(house: House, letter: Letter, level: str = "confirmed", score: int = 1) -> None:
    with house.database.transaction() as session:
        add(session, letter, level=level, score=score).at = clock.now()
    fold_answers(house)


def state(records: Records) -> str:
    [incentive] = records.all(Incentive)
    return str(incentive.state)


def test_one_mail_brings_the_code_and_a_second_look_none(
    house: House, letter: Letter, sink: Sink, records: Records
) -> None:
    answer(house, letter)

    assert (send_thanks(house), send_thanks(house)) == (1, 0)

    [data] = sink.letters
    assert sink.recipients == ["ana@example.com"]
    assert state(records) == "sent"
    mail = email.message_from_bytes(data, policy=policy.default)
    assert str(mail["Subject"]) == "Your thank-you from Harbour Mugs"
    assert str(mail["From"]) == "Harbour Mugs <hello@harbour.example>"
    assert str(mail["Reply-To"]) == "care@harbour.example"
    assert b"\r\nList-Unsubscribe: <http://localhost:8000/u/" in data
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in data
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        text = body.get_content()
        for words in ("AAA-111", "10 % off your next order", "From 30 €.", "December 31, 2099", "whatever you told us"):
            assert words in text
        assert "1 Quay Street, Galway, Ireland" in text
        assert "/u/" in text


def test_a_later_answer_brings_no_second_mail(house: House, letter: Letter, sink: Sink) -> None:
    for score in (1, 5, 3):
        answer(house, letter, score=score)
        send_thanks(house)

    assert len(sink.letters) == 1


def test_an_unconfirmed_answer_is_thanked_after_a_quarter_of_an_hour(
    house: House, letter: Letter, sink: Sink, records: Records
) -> None:
    answer(house, letter, level="provisional")

    assert send_thanks(house) == 0
    clock.shift(timedelta(minutes=16))
    try:
        mature_answers(house)
        assert send_thanks(house) == 1
    finally:
        clock.shift(timedelta())
    assert state(records) == "sent"


def test_what_a_machine_answered_is_not_thanked(house: House, letter: Letter, sink: Sink, records: Records) -> None:
    answer(house, letter, level="suspect")

    assert send_thanks(house) == 0
    assert (sink.letters, state(records)) == ([], "waiting")


def test_who_opted_out_gets_no_mail_and_finds_the_code_on_the_page(
    house: House, letter: Letter, sink: Sink, records: Records, ana: Ana
) -> None:
    answer(house, letter)
    with house.database.transaction() as session:
        contact = session.get_one(Contact, letter.contact_id)
        suppress(session, letter.merchant_id, contact.fingerprint, SuppressionReason.UNSUBSCRIBED, NOW)

    send_thanks(house)

    assert (sink.letters, state(records)) == ([], "withheld")
    assert "AAA-111" in ana.look(letter.survey).text


def test_who_gets_a_mail_reads_on_the_page_that_it_comes(house: House, letter: Letter, sink: Sink, ana: Ana) -> None:
    answer(house, letter)
    before = ana.look(letter.survey).text
    send_thanks(house)

    for page in (before, ana.look(letter.survey).text):
        assert "It comes to you by email." in page
        assert "AAA-111" not in page


def test_an_empty_pool_waits_for_codes_and_then_thanks(
    house: House, letter: Letter, sink: Sink, records: Records
) -> None:
    with house.database.transaction() as session:
        session.execute(delete(IncentiveCode))
    answer(house, letter)

    assert send_thanks(house) == 0
    assert state(records) == "empty"
    with house.database.transaction() as session:
        add_codes(session, house.vault, letter.merchant_id, "autumn", ["CCC-333"], NOW)
    clock.shift(timedelta(hours=2))
    try:
        assert send_thanks(house) == 1
    finally:
        clock.shift(timedelta())
    assert b"CCC-333" in sink.letters[0]


@pytest.mark.parametrize(
    ("says", "then"),
    [("451 4.3.0 later", "waiting"), ("550 5.1.1 nobody", "failed")],
)
def test_a_server_that_says_no_is_believed(
    house: House, letter: Letter, sink: Sink, records: Records, says: str, then: str
) -> None:
    sink.rcpt = says
    answer(house, letter)

    send_thanks(house)

    assert state(records) == then
    sink.rcpt = ""
    clock.shift(timedelta(minutes=20))
    try:
        send_thanks(house)
    finally:
        clock.shift(timedelta())
    assert len(sink.letters) == (1 if then == "waiting" else 0)


def test_a_sender_that_died_with_a_letter_leaves_it_in_doubt(
    house: House, letter: Letter, sink: Sink, records: Records, ana: Ana
) -> None:
    answer(house, letter)
    with house.database.transaction() as session:
        assert claim(session, house.vault, letter.enrollment_id, clock.now()) is not None
    assert send_thanks(house) == 0

    clock.shift(timedelta(minutes=11))
    try:
        send_thanks(house)
        send_thanks(house)
    finally:
        clock.shift(timedelta())

    assert (sink.letters, state(records)) == ([], "in_doubt")
    assert "AAA-111" in ana.look(letter.survey).text


def test_only_one_of_two_senders_claims_it(house: House, letter: Letter, sink: Sink) -> None:
    answer(house, letter)
    with house.database.transaction() as session:
        first = claim(session, house.vault, letter.enrollment_id, clock.now())
    with house.database.transaction() as session:
        second = claim(session, house.vault, letter.enrollment_id, clock.now())

    assert first is not None
    assert first.facts.code == "AAA-111"
    assert second is None


def test_a_halt_holds_thanks_too(house: House, letter: Letter, sink: Sink, records: Records) -> None:
    answer(house, letter)
    with house.database.transaction() as session:
        halt(session, EVERYBODY, "", NOW)

    assert send_thanks(house) == 0
    assert (sink.letters, state(records)) == ([], "waiting")


def test_neither_an_address_nor_a_code_is_ever_logged(
    house: House, letter: Letter, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    sink.rcpt = "550 5.1.1 ana@example.com has no mailbox"
    answer(house, letter)
    send_thanks(house)

    said = "\n".join(each.getMessage() for each in caplog.records if each.name.startswith("campaigns"))
    assert "did not leave" in said
    assert "ana@example.com" not in said
    assert "AAA-111" not in said


def test_where_only_presses_are_trusted_one_click_is_not_thanked(
    house: House, letter: Letter, sink: Sink, records: Records, wait: Callable[..., None]
) -> None:
    with house.database.transaction() as session:
        session.execute(update(Campaign).values(trust="strict"))
    answer(house, letter, level="provisional")
    wait(minutes=16)
    mature_answers(house)

    assert send_thanks(house) == 0
    assert sink.letters == []
    answer(house, letter)
    assert send_thanks(house) == 1
    assert state(records) == "sent"


def test_who_took_back_while_the_pool_was_empty_is_thanked_once_they_answer_again(
    house: House, letter: Letter, sink: Sink, records: Records, wait: Callable[..., None]
) -> None:
    with house.database.transaction() as session:
        session.execute(delete(IncentiveCode))
    answer(house, letter)
    send_thanks(house)
    assert state(records) == "empty"
    with house.database.transaction() as session:
        withdraw(session, Desk().letter(session, letter.message_id), clock.now())
    wait(hours=2)
    send_thanks(house)

    answer(house, letter, score=5)
    with house.database.transaction() as session:
        add_codes(session, house.vault, letter.merchant_id, "autumn", ["CCC-333"], clock.now())
    send_thanks(house)

    assert (len(sink.letters), state(records)) == (1, "sent")


def test_who_is_forgotten_while_their_mail_is_claimed_gets_none(
    house: House, letter: Letter, sink: Sink, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(house, letter)

    def compose_slowly(facts: ThanksFacts, links: Links) -> Mail:
        with house.database.transaction() as session:
            forget_reader(session, Desk().letter(session, letter.message_id), clock.now())
        return compose_thanks(facts, links)

    monkeypatch.setattr(thanking, "compose_thanks", compose_slowly)
    send_thanks(house)

    assert (sink.letters, state(records)) == ([], "withheld")
