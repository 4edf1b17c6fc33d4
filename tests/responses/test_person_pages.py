"""The customer's own page: what they told, how often they are asked, and the way to be forgotten."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from campaigns import clock
from campaigns.audience.contact import Contact
from campaigns.enrollment.commands import explain
from campaigns.enrollment.deciding import decide_on
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.note import Note
from campaigns.house import House
from campaigns.intake.purchase import Purchase
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.store import Store
from campaigns.responses.hit import Hit
from campaigns.responses.jobs import fold_answers
from tests.factories import make_contact, make_message, make_purchase
from tests.responses.conftest import Ana, Letter, Records, add

LOVELY = {"score": "4", "comment": "Lovely mug"}


@pytest.fixture
def sent(house: House, letter: Letter) -> Letter:
    """Her invitation has left, as it must have for her to be here."""
    with house.database.transaction() as session:
        session.execute(update(Message).values(state="sent", sent_at=clock.now()))
    return letter


@pytest.fixture
def answered(house: House, sent: Letter, ana: Ana) -> Letter:
    ana.send(sent.rate(4), LOVELY)
    fold_answers(house)
    return sent


def you(letter: Letter, *rest: str) -> str:
    return "/".join([f"{letter.survey}/you", *rest])


def press(ana: Ana, page: str, action: str, **form: str) -> Any:
    nonce = ana.nonce(page)
    return ana.post(action, {"nonce": nonce, **form})


def test_she_sees_what_she_told_and_may_take_a_copy(answered: Letter, ana: Ana) -> None:
    page = ana.look(you(answered)).text
    copy = json.loads(ana.look(you(answered, "answer.json")).text)

    assert "Lovely mug" in page
    assert "4 of 5" in page
    assert copy["rating"] == {"score": 4, "from": 1, "to": 5}
    assert copy["answers"] == [{"question": "Anything you would like to tell us?", "answer": "Lovely mug"}]
    assert "@" not in json.dumps(copy)


def test_looking_at_every_page_changes_nothing(house: House, answered: Letter, ana: Ana, records: Records) -> None:
    before = [vars(row) for table in (Contact, Enrollment, Message, Hit) for row in records.all(table)]

    for path in (you(answered), you(answered, "withdraw"), you(answered, "erase"), you(answered, "answer.json")):
        assert ana.look(path).status_code == 200
        assert ana.client.head(path).status_code == 200
    assert ana.look(f"{answered.survey}/later").status_code == 303
    assert ana.look(f"{answered.survey}/more").status_code == 200

    after = [vars(row) for table in (Contact, Enrollment, Message, Hit) for row in records.all(table)]
    assert _plain(before) == _plain(after)


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if not key.startswith("_")} for row in rows]


@pytest.mark.parametrize("path", ["you/withdraw", "you/erase", "you/asking", "later"])
@pytest.mark.parametrize("how", ["without a nonce", "from elsewhere", "another letter's nonce"])
def test_nothing_is_done_for_a_form_that_is_not_from_our_page(
    house: House, answered: Letter, ana: Ana, records: Records, path: str, how: str
) -> None:
    form = {"why": "not_arrived", "asking": "never", "nonce": ana.nonce(you(answered))}
    headers = {"Sec-Fetch-Site": "cross-site"} if how == "from elsewhere" else {}
    if how == "without a nonce":
        del form["nonce"]
    if how == "another letter's nonce":
        with house.database.transaction() as session:
            enrollment = session.get_one(Enrollment, answered.enrollment_id)
            other = make_message(session, enrollment, kind="reminder", state="sent")
        form["nonce"] = ana.nonce(f"/s/{house.links.letter_token(other.id)}/you")

    answer = ana.post(f"{answered.survey}/{path}", form, **headers)

    assert answer.status_code == (403 if headers else 400)
    assert 'role="alert"' in answer.text or headers
    assert records.response
    assert records.response.status == "complete"
    assert records.all(Note) == []
    assert [contact.asking for contact in records.all(Contact)] == ["always"]


def test_who_takes_an_answer_back_is_in_no_figure_and_may_answer_again(
    house: House, answered: Letter, ana: Ana, records: Records
) -> None:
    assert press(ana, you(answered, "withdraw"), you(answered, "withdraw")).status_code == 303
    fold_answers(house)
    assert records.response
    assert records.response.status == "withdrawn"
    assert "You took your answer back." in ana.look(you(answered)).text

    with house.database.transaction() as session:
        add(session, answered, level="provisional", score=1, at=10**6)
    fold_answers(house)
    assert records.response.status == "withdrawn", "a page or a scanner brings nothing back"

    ana.send(answered.rate(2), {"score": "2", "why": "late"})
    fold_answers(house)
    assert (records.response.status, records.response.score, records.response.answers) == (
        "complete",
        2,
        {"why": "late"},
    )


def test_who_is_forgotten_leaves_a_rating_of_nobody(house: House, answered: Letter, ana: Ana, records: Records) -> None:
    page = ana.look(you(answered, "erase")).text
    assert "This cannot be undone." in page

    press(ana, you(answered, "erase"), you(answered, "erase"))
    fold_answers(house)

    [contact] = records.all(Contact)
    assert (contact.email, contact.first_name, contact.last_name) == (None, "", "")
    assert [each.reason for each in records.suppressions] == ["erased"]
    assert records.response
    assert (records.response.score, records.response.answers) == (4, {})
    assert "Lovely" not in repr([vars(hit) for hit in records.all(Hit)])
    assert "are deleted" in ana.look(you(answered)).text


def test_a_shop_that_sends_the_order_again_teaches_nothing_of_who_was_forgotten(
    house: House, answered: Letter, ana: Ana
) -> None:
    press(ana, you(answered, "erase"), you(answered, "erase"))

    with house.database.transaction() as session:
        again = make_contact(session, session.get_one(Merchant, answered.merchant_id))

    assert again.id == answered.contact_id
    assert again.email is None


@pytest.mark.parametrize(
    ("asking", "verdict"),
    [("never", ("skipped", "not_wanted")), ("yearly", ("skipped", "asked_this_year")), ("trouble", ("waiting",) * 2)],
)
def test_a_choice_is_honoured_for_the_next_purchase_and_why_tells_it(
    house: House, answered: Letter, ana: Ana, asking: str, verdict: tuple[str, str]
) -> None:
    assert press(ana, you(answered), you(answered, "asking"), asking=asking).status_code == 303
    assert re.search(rf'value="{asking}" required checked', ana.look(you(answered)).text)

    with house.database.transaction() as session:
        store = session.query(Store).one()
        contact = session.get_one(Contact, answered.contact_id)
        later = clock.now() + timedelta(days=60)
        purchase = make_purchase(session, store, contact, order_id="1002", fulfilled_at=later, is_undecided=False)
        decide_on(session, purchase, later)
        [told] = explain(session, purchase)

    reason = "nothing_wrong" if asking == "trouble" else verdict[1]
    assert (told["verdict"], told["reason"]) == (verdict[0], reason)
    assert "customer chose" in told["sentence"]


def test_trouble_is_asked_about_when_it_comes(house: House, answered: Letter, ana: Ana) -> None:
    press(ana, you(answered), you(answered, "asking"), asking="trouble")

    with house.database.transaction() as session:
        store, contact = session.query(Store).one(), session.get_one(Contact, answered.contact_id)
        later = clock.now() + timedelta(days=60)
        purchase = make_purchase(session, store, contact, order_id="1002", fulfilled_at=later)
        decide_on(session, purchase, later)
        session.execute(update(Purchase).where(Purchase.id == purchase.id).values(refunded_at=later))
        session.refresh(purchase)
        decide_on(session, purchase, later)
        [told] = explain(session, purchase)

    assert told["verdict"] == "enrolled"


def test_never_calls_off_what_is_planned(house: House, sent: Letter, ana: Ana, records: Records) -> None:
    with house.database.transaction() as session:
        make_message(session, session.get_one(Enrollment, sent.enrollment_id), kind="reminder")

    press(ana, you(sent), you(sent, "asking"), asking="never")

    assert records.message_states == ["sent", "cancelled"]
    assert records.stop_reason == "not_wanted"


def test_a_choice_that_is_none_is_asked_for_beside_the_field(sent: Letter, ana: Ana) -> None:
    answer = press(ana, you(sent), you(sent, "asking"), asking="sometimes")

    assert answer.status_code == 400
    assert 'aria-describedby="unchosen"' in answer.text


def test_not_yet_moves_the_one_reminder_and_keeps_the_link_open(
    house: House, sent: Letter, ana: Ana, records: Records, wait: Callable[..., None]
) -> None:
    with house.database.transaction() as session:
        enrollment = session.get_one(Enrollment, sent.enrollment_id)
        make_message(session, enrollment, kind="reminder", due_at=clock.now() + timedelta(days=1))
        enrollment.closes_at = clock.now() + timedelta(days=2)

    told = press(ana, sent.rate(1), f"{sent.survey}/later", why="not_arrived")
    page = ana.look(told.location).text

    assert "has not arrived" in page
    assert "once more around" in page
    reminder = records.all(Message)[1]
    assert reminder.due_at > clock.now() + timedelta(days=4, hours=12)
    assert [note.kind for note in records.all(Note)] == ["not_arrived"]
    wait(days=10)
    assert "<form" in ana.look(sent.rate(3)).text


def test_the_click_that_led_to_not_yet_is_no_answer(
    house: House, sent: Letter, ana: Ana, records: Records, wait: Callable[..., None]
) -> None:
    with house.database.transaction() as session:
        make_message(session, session.get_one(Enrollment, sent.enrollment_id), kind="reminder")
    ana.send(sent.rate(1), {"score": "1", "level": "provisional"})
    fold_answers(house)
    assert (records.message_states, records.stop_reason) == (["sent", "scheduled"], "held")

    press(ana, sent.rate(1), f"{sent.survey}/later", why="not_tried")
    fold_answers(house)

    assert records.message_states == ["sent", "scheduled"]
    assert records.stop_reason == ""
    assert records.response
    assert records.response.status == "withdrawn"
    wait(minutes=2)
    ana.send(sent.rate(5), {"score": "5", "level": "provisional"})
    fold_answers(house)
    assert (records.response.status, records.response.level) == ("partial", "provisional"), "a click counts again"


def test_not_yet_never_makes_a_third_letter(house: House, sent: Letter, ana: Ana, records: Records) -> None:
    for why in ("not_arrived", "not_tried", "not_arrived"):
        press(ana, sent.rate(1), f"{sent.survey}/later", why=why)
    assert records.message_states == ["sent", "scheduled"], "where no reminder was planned there is one now"

    with house.database.transaction() as session:
        session.execute(update(Message).values(state="sent"))
    told = press(ana, sent.rate(1), f"{sent.survey}/later", why="not_tried")

    assert records.message_states == ["sent", "sent"]
    assert "We will not write again." in ana.look(told.location).text
    assert len(records.all(Note)) == 2


def test_a_closed_survey_is_closed_for_not_yet_too(
    sent: Letter, ana: Ana, records: Records, wait: Callable[..., None]
) -> None:
    nonce = ana.nonce(sent.survey)
    wait(days=22)

    assert ana.post(f"{sent.survey}/later", {"nonce": nonce, "why": "not_tried"}).status_code == 410
    assert records.all(Note) == []


def test_the_unsubscribe_page_offers_a_choice_with_links_of_old_too(client: FlaskClient, letter: Letter) -> None:
    [path] = re.findall(r'href="(/s/[^"]+/you)"', client.get(letter.out).text)

    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["you", "you/erase", "you/answer.json", "later", "more"])
def test_a_forged_link_leads_nowhere(client: FlaskClient, letter: Letter, path: str) -> None:
    for token in (letter.token[:-2], letter.out[3:], "x"):
        assert client.get(f"/s/{token}/{path}").status_code == 404
        assert client.post(f"/s/{token}/you/erase").status_code == 404
