"""One click holds the reminder back until it is judged: a person's ends it, a machine's lets it go, and none overtakes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from campaigns import clock
from campaigns.delivery.facts import Archive
from campaigns.delivery.last_look import look_again
from campaigns.delivery.permission import Cancel, Hold, Permission, Send, decide
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.sending import Claim, claim_due
from campaigns.house import House
from campaigns.responses.jobs import fold_answers, mature_answers
from tests.factories import make_message
from tests.responses.conftest import Ana, Letter, Records

STALE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/72.0.0.0 Safari/537.36"
Wait = Callable[..., None]


@pytest.fixture
def reminder(house: House, letter: Letter) -> int:
    """The invitation left yesterday; the reminder is due."""
    with house.database.transaction() as session:
        yesterday = clock.now() - timedelta(days=1)
        session.execute(update(Message).values(state="sent", sent_at=yesterday))
        enrollment = session.get_one(Enrollment, letter.enrollment_id)
        enrollment.timezone = "UTC"
        return make_message(session, enrollment, kind="reminder", due_at=clock.now()).id


def permission(house: House, message_id: int) -> Permission:
    """Ask whether a letter may leave, at noon."""
    with house.database.reading() as session:
        standing = Archive().gather(session, [message_id])[message_id].standing
    return decide(standing, clock.now().replace(hour=12))


def tell(ana: Ana, letter: Letter, score: int, **headers: str) -> None:
    assert ana.send(letter.rate(score), {"score": str(score), "level": "provisional"}, **headers).status_code == 204


def state_of(house: House, message_id: int) -> tuple[str, str]:
    with house.database.reading() as session:
        message = session.get_one(Message, message_id)
        return message.state, message.reason


def test_one_click_holds_the_reminder_and_when_it_stood_ends_it(
    house: House, letter: Letter, ana: Ana, reminder: int, records: Records, wait: Wait
) -> None:
    assert isinstance(permission(house, reminder), Send)
    tell(ana, letter, 4)
    assert isinstance(permission(house, reminder), Hold)
    fold_answers(house)
    assert (records.stop_reason, state_of(house, reminder)) == ("held", ("scheduled", ""))

    wait(minutes=14)
    assert mature_answers(house) == 0
    assert isinstance(permission(house, reminder), Hold), "time alone lets nothing go"
    wait(minutes=2)
    assert mature_answers(house) == 1

    assert (records.stop_reason, state_of(house, reminder)) == ("answered", ("cancelled", "answered"))
    assert permission(house, reminder) == Cancel("answered")
    assert records.response is not None
    assert records.response.matured_at == records.response.answered_at + timedelta(minutes=15)
    assert records.response.look_again_at is None
    assert mature_answers(house) == 0


def test_a_machines_answer_lets_the_reminder_go_once_its_hold_is_over(
    house: House, letter: Letter, ana: Ana, reminder: int, records: Records, wait: Wait
) -> None:
    for score in (1, 5):
        tell(ana, letter, score)
    fold_answers(house)
    assert isinstance(permission(house, reminder), Hold)

    wait(minutes=20)
    mature_answers(house)

    assert records.response is not None
    assert (records.response.level, [each["code"] for each in records.response.reasons]) == ("suspect", ["burst"])
    assert (records.stop_reason, state_of(house, reminder)) == ("", ("scheduled", ""))
    assert isinstance(permission(house, reminder), Send)


def test_what_comes_to_light_in_the_hold_counts(
    house: House, letter: Letter, ana: Ana, reminder: int, records: Records, wait: Wait
) -> None:
    """Looks fold nothing, and yet a scanner's looks undo what its browser told a moment before."""
    tell(ana, letter, 3)
    fold_answers(house)
    assert records.response is not None
    assert records.response.level == "provisional"
    ana.look(letter.survey)
    ana.look(letter.out)

    wait(minutes=20)
    mature_answers(house)

    assert records.response.level == "suspect"
    assert isinstance(permission(house, reminder), Send)


def test_a_press_ends_it_at_once_whatever_was_held_before(
    house: House, letter: Letter, ana: Ana, reminder: int, records: Records, wait: Wait
) -> None:
    for score in (1, 5):
        tell(ana, letter, score)
    ana.send(letter.rate(4), {"score": "4"})

    assert (records.stop_reason, state_of(house, reminder)) == ("answered", ("cancelled", "answered"))
    fold_answers(house)
    wait(minutes=20)
    mature_answers(house)
    assert records.response is not None
    assert (records.response.level, records.response.score) == ("confirmed", 4)
    assert records.stop_reason == "answered"


@pytest.mark.parametrize("order", ["before the judgement", "after the click"])
def test_a_release_lets_nothing_go_that_something_else_has_ended(
    house: House, letter: Letter, ana: Ana, reminder: int, records: Records, wait: Wait, order: str
) -> None:
    tell(ana, letter, 1)
    if order == "after the click":
        assert ana.post(letter.out, {"confirm": "yes"}).status_code == 200
    tell(ana, letter, 5)
    fold_answers(house)
    if order == "before the judgement":
        assert ana.post(letter.out, {"confirm": "yes"}).status_code == 200

    wait(minutes=20)
    mature_answers(house)

    assert records.response is not None
    assert records.response.level == "suspect"
    assert records.stop_reason == "unsubscribed"
    assert state_of(house, reminder) == ("cancelled", "unsubscribed")


def test_a_click_between_two_judgements_is_held_like_the_first(
    house: House, letter: Letter, ana: Ana, reminder: int, records: Records, wait: Wait
) -> None:
    for score in (1, 5):
        tell(ana, letter, score)
    fold_answers(house)
    wait(minutes=20)
    mature_answers(house)
    assert isinstance(permission(house, reminder), Send)

    tell(ana, letter, 4)

    assert isinstance(permission(house, reminder), Hold)
    fold_answers(house)
    wait(minutes=20)
    mature_answers(house)
    assert records.response is not None
    assert (records.response.level, records.response.score) == ("provisional", 4)
    assert state_of(house, reminder) == ("cancelled", "answered")


def test_an_invitation_that_was_put_off_is_held_and_not_given_up(
    house: House, letter: Letter, ana: Ana, records: Records, wait: Wait
) -> None:
    with house.database.transaction() as session:
        session.execute(update(Message).values(state="deferred"))
    for score in (1, 5):
        tell(ana, letter, score)
    assert records.message_states == ["deferred"]

    fold_answers(house)
    wait(minutes=20)
    mature_answers(house)

    assert (records.stop_reason, records.message_states) == ("", ["deferred"])


def test_an_earlier_click_that_stood_counts_until_a_later_one_has(
    house: House, letter: Letter, ana: Ana, records: Records, wait: Wait
) -> None:
    tell(ana, letter, 2)
    fold_answers(house)
    wait(minutes=20)
    mature_answers(house)
    tell(ana, letter, 5)
    fold_answers(house)

    assert records.response is not None
    assert (records.response.score, records.response.matured_at is None) == (2, False)
    wait(minutes=20)
    mature_answers(house)
    assert records.response.score == 5


@pytest.mark.parametrize("door", ["a press", "one click", "the way out", "their own page"])
def test_a_reminder_that_was_let_go_and_claimed_stays_when_its_person_comes_before_it_leaves(
    house: House, letter: Letter, ana: Ana, reminder: int, records: Records, wait: Wait, door: str
) -> None:
    for score in (1, 5):
        tell(ana, letter, score)
    fold_answers(house)
    wait(minutes=20)
    mature_answers(house)
    with house.database.transaction() as session:
        claim = Claim("sender", clock.now() + timedelta(minutes=10))
        assert claim_due(session, letter.merchant_id, claim, 10, clock.now()) == [reminder]
    form: dict[str, tuple[str, dict[str, str]]] = {
        "a press": (letter.rate(4), {"score": "4"}),
        "one click": (letter.rate(4), {"score": "4", "level": "provisional"}),
        "the way out": (letter.out, {"confirm": "yes"}),
        "their own page": (f"{letter.survey}/you/erase", {}),
    }
    nonce = ana.nonce(letter.rate(4))
    wait(seconds=3)
    path, fields = form[door]
    assert ana.post(path, {"nonce": nonce, **fields}).status_code in {200, 204, 303}

    with house.database.reading() as session:
        may_leave, withheld = look_again(session, Archive(), [reminder], "sender", clock.now())

    assert may_leave == set()
    assert [dossier.id for dossier, _ in withheld] == [reminder]
