"""Who answered is thanked alike at every score, once the answer counts, with a code that nobody else gets."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from campaigns import clock
from campaigns.catalog.thanks import Deliver
from campaigns.catalog.thanks import Incentive as Offered
from campaigns.catalog.version import get_version
from campaigns.enrollment.enrollment import Enrollment
from campaigns.house import House
from campaigns.merchants.merchant import get_merchant
from campaigns.responses.asked import Letters
from campaigns.responses.incentive import (
    MOVES,
    Incentive,
    IncentiveState,
    hold_incentive,
    move,
    order_incentive,
    release,
)
from campaigns.responses.jobs import fold_answers
from campaigns.responses.pool import IncentiveCode, add_codes, code_of, count_pools
from campaigns.responses.signs.rules import RULES
from campaigns.responses.thanks import HOLD, Gift, Offers, Thanks, thanks_for
from campaigns.responses.trust import Folded, Level
from tests.factories import (
    NOW,
    ask_ana,
    make_campaign,
    make_contact,
    make_enrollment,
    make_merchant,
    make_message,
    make_purchase,
    make_store,
)
from tests.responses.conftest import Ana, Letter, Records, letter_of

REVIEWS = [
    {"site": "google", "url": "https://g.page/r/CabcEBM/review"},
    {"site": "yelp", "url": "https://www.yelp.com/biz/harbour"},
    {"site": "own", "url": "https://harbour.example/reviews"},
]
POOL = {"pool": "autumn", "text": {"en": "10 % off", "de": "10 % Rabatt"}, "conditions": {"en": "From 30 €"}}
Make = Callable[..., Letter]


@pytest.fixture
def asked(house: House) -> Make:
    def make(**thanks: Any) -> Letter:
        with house.database.transaction() as session:
            message = ask_ana(session, house.vault, thanks=thanks, question=[])
            enrollment = session.get_one(Enrollment, message.enrollment_id)
            enrollment.closes_at = clock.now() + timedelta(days=21)
        return letter_of(house, message)

    return make


def fill(house: House, merchant_id: int, *codes: str, pool: str = "autumn") -> set[int]:
    with house.database.transaction() as session:
        return add_codes(session, house.vault, merchant_id, pool, codes, NOW)


def part_of(page: str) -> str:
    return page.partition('<section class="gift"')[2].partition("<details")[0]


@pytest.mark.parametrize("score", [1, 2, 3, 4, 5])
def test_every_score_is_offered_the_same(house: House, asked: Make, ana: Ana, score: int) -> None:
    letter = asked(incentive={"code": "THANKS10", "text": {"en": "10 % off"}}, review=REVIEWS)
    ana.send(letter.rate(score), {"score": str(score)})

    page = part_of(ana.look(letter.survey).text)

    assert "THANKS10" in page
    assert page.count("<li>") == 3
    assert "Find us on Yelp" in page
    assert "Your thank-you does not depend on it." in page
    assert str(score) not in page.replace("THANKS10", "").replace("10 %", "").replace("h2", "")


def test_a_code_of_a_pool_is_given_once_and_stays_the_same(
    house: House, asked: Make, ana: Ana, records: Records
) -> None:
    letter = asked(incentive=POOL)
    fill(house, letter.merchant_id, "AAA-111", "BBB-222")
    assert "A thank-you from" not in ana.look(letter.survey).text
    ana.send(letter.rate(2), {"score": "2"})

    first, again = ana.look(letter.survey).text, ana.look(letter.survey).text

    assert "AAA-111" in first
    assert "AAA-111" in again
    assert "BBB-222" not in first + again
    assert "It is yours whatever you answered." in first
    assert [code.incentive_id is not None for code in records.all(IncentiveCode)] == [True, False]


def test_a_code_in_the_rows_is_sealed(house: House, asked: Make, records: Records) -> None:
    letter = asked(incentive=POOL)
    fill(house, letter.merchant_id, "AAA-111")

    [row] = records.all(IncentiveCode)

    assert "AAA-111" not in row.sealed_code + row.mark
    assert house.vault.unseal(row.sealed_code) == "AAA-111"


def test_two_people_never_see_each_others_code(house: House, asked: Make, ana: Ana) -> None:
    letter = asked(incentive=POOL)
    fill(house, letter.merchant_id, "AAA-111", "BBB-222")
    with house.database.transaction() as session:
        enrollment = session.get_one(Enrollment, letter.enrollment_id)
        other = ask_another(session, house, enrollment)
    ben = letter_of(house, other)
    for each in (letter, ben):
        ana.send(each.rate(4), {"score": "4"})

    pages = [ana.look(each.survey).text for each in (letter, ben, letter)]

    assert ["AAA-111" in page for page in pages] == [True, False, True]
    assert ["BBB-222" in page for page in pages] == [False, True, False]


def test_an_empty_pool_costs_nobody_their_answer_and_is_filled_later(
    house: House, asked: Make, ana: Ana, records: Records
) -> None:
    letter = asked(incentive=POOL)
    assert ana.send(letter.rate(4), {"score": "4"}).status_code == 303

    assert "It is being prepared." in ana.look(letter.survey).text
    fold_answers(house)
    assert records.response is not None
    assert records.response.level == "confirmed"
    assert [each.state for each in records.all(Incentive)] == ["empty"]

    fill(house, letter.merchant_id, "AAA-111")
    assert "AAA-111" in ana.look(letter.survey).text


def test_an_offer_is_the_one_of_the_version_somebody_was_asked_under(house: House, asked: Make, ana: Ana) -> None:
    letter = asked(incentive={"code": "OLD", "text": {"en": "Ten"}})
    with house.database.transaction() as session:
        enrollment = session.get_one(Enrollment, letter.enrollment_id)
        merchant = get_merchant(session, enrollment.merchant_id)
        make_campaign(session, merchant, thanks={"incentive": {"code": "NEW", "text": {"en": "Five"}}})
    ana.send(letter.rate(4), {"score": "4"})

    page = ana.look(letter.survey).text

    assert "OLD" in page
    assert "NEW" not in page


def test_an_offer_that_is_over_is_offered_no_more(asked: Make, ana: Ana, records: Records) -> None:
    letter = asked(incentive={"code": "LATE", "text": {"en": "Ten"}, "until": "2020-01-01"})
    ana.send(letter.rate(4), {"score": "4"})

    assert "LATE" not in ana.look(letter.survey).text
    assert [each.state for each in records.all(Incentive)] == ["lapsed"]


def test_words_come_in_the_letters_language_and_are_escaped(house: House, asked: Make, ana: Ana) -> None:
    letter = asked(incentive={**POOL, "text": {"de": "<b>Zehn</b>"}})
    fill(house, letter.merchant_id, "<i>A</i>")
    ana.send(letter.rate(4), {"score": "4"})

    page = ana.look(letter.survey).text

    assert '<span lang="de" dir="auto">&lt;b&gt;Zehn&lt;/b&gt;</span>' in page
    assert "&lt;i&gt;A&lt;/i&gt;" in page


def test_a_letter_stays_free_of_offers(client: FlaskClient, asked: Make) -> None:
    letter = asked(incentive={"code": "THANKS10", "text": {"en": "10 % off"}}, review=REVIEWS)

    assert "THANKS10" not in client.get(letter.rate(5)).text
    assert "g.page" not in client.get(letter.rate(5)).text


@pytest.mark.parametrize(
    ("level", "minutes", "gift"),
    [
        (Level.CONFIRMED, 0, Gift.SHOWN),
        (Level.PROVISIONAL, 14, Gift.PENDING),
        (Level.PROVISIONAL, 15, Gift.SHOWN),
        (Level.SUSPECT, 99, Gift.PENDING),
    ],
)
def test_an_offer_waits_until_the_answer_counts(
    house: House, asked: Make, level: Level, minutes: int, gift: Gift
) -> None:
    letter = asked(incentive={"code": "THANKS10", "text": {"en": "10 % off"}})

    thanks = look(house, letter, level, minutes)

    assert (thanks.gift, bool(thanks.code)) == (gift, gift is Gift.SHOWN)


def test_a_provisional_answer_counts_when_the_figures_say_so() -> None:
    assert RULES.hold == HOLD


def look(house: House, letter: Letter, level: Level, minutes: int) -> Thanks:
    so_far = Folded(level=level, score=1, answers={}, message_id=letter.message_id, first_at=NOW, at=NOW)
    with house.database.transaction() as session:
        asked = Letters().get(session, letter.message_id)
        offer = Offers().get(session, asked.version_id)
        return thanks_for(session, house.vault, offer, asked, so_far, NOW + timedelta(minutes=minutes))


def ask_another(session: Any, house: House, enrollment: Enrollment) -> Any:

    merchant = get_merchant(session, enrollment.merchant_id)
    store = make_store(session, house.vault, merchant)
    purchase = make_purchase(session, store, make_contact(session, merchant, "ben@example.com"), order_id="1002")
    version = get_version(session, enrollment.version_id)
    return make_message(session, make_enrollment(session, purchase, version, closes_at=enrollment.closes_at))


def many(house: House, count: int) -> tuple[int, list[int]]:
    """Enroll many people at one merchant, each with an incentive that waits."""
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        store, version = make_store(session, house.vault, merchant), make_campaign(session, merchant)
        ids = []
        for number in range(count):
            purchase = make_purchase(session, store, None, order_id=str(number))
            enrollment = make_enrollment(session, purchase, version)
            owner = {"merchant_id": merchant.id, "enrollment_id": enrollment.id, "version_id": version.id}
            order_incentive(session, owner, "autumn", None, NOW)
            ids.append(enrollment.id)
        return merchant.id, ids


OFFER = Offered(pool="autumn", code="", text={"en": "Ten"}, conditions={}, until=None, deliver=Deliver.PAGE)


def take(house: House, enrollment_ids: Sequence[int], start: threading.Barrier) -> None:
    start.wait()
    for enrollment_id in enrollment_ids:
        with house.database.transaction() as session:
            incentive = hold_incentive(session, enrollment_id)
            if incentive.state in {"waiting", "empty"}:
                release(session, incentive, OFFER, NOW)


def test_however_many_ask_at_once_a_code_is_one_persons_and_a_person_has_one(house: House) -> None:
    merchant_id, enrollment_ids = many(house, 24)
    fill(house, merchant_id, *(f"CODE-{number:02}" for number in range(16)))
    start = threading.Barrier(6)

    with ThreadPoolExecutor(6) as pool:  # each person is asked for by two threads at once
        lots = [enrollment_ids[place % 3 :: 3] for place in range(6)]
        list(pool.map(lambda lot: take(house, lot, start), lots))

    # A pool looks empty while somebody else holds its last code; whoever was told so asks again.
    take(house, enrollment_ids, threading.Barrier(1))
    with house.database.reading() as session:
        states = session.execute(select(Incentive.state, func.count()).group_by(Incentive.state)).all()
        owners = list(session.scalars(select(IncentiveCode.incentive_id)))
    assert dict(states) == {"shown": 16, "empty": 8}
    assert len(set(owners)) == 16
    assert None not in owners


def test_codes_that_are_there_are_left_out_also_after_the_secret_key_changed(house: House) -> None:
    merchant_id, _ = many(house, 0)
    assert fill(house, merchant_id, "A", "B", "A") == {0, 1}
    assert fill(house, merchant_id, "B", "C") == {1}
    assert fill(house, merchant_id, "A", pool="winter") == {0}

    rotated = type(house.vault)(("n" * 40, "k" * 40))
    with house.database.transaction() as session:
        assert add_codes(session, rotated, merchant_id, "autumn", ["C", "D"], NOW) == {1}
        assert {name: count.left for name, count in count_pools(session, merchant_id).items()} == {
            "autumn": 4,
            "winter": 1,
        }
        assert code_of(session, rotated, 0) == ""


@pytest.mark.parametrize("before", list(IncentiveState))
@pytest.mark.parametrize("after", list(IncentiveState))
def test_what_was_given_or_sent_is_never_taken_back(before: IncentiveState, after: IncentiveState) -> None:
    incentive = Incentive(state=before.value)
    if after is before or after in MOVES.get(before, frozenset()):
        move(incentive, after, NOW)
        assert incentive.state == after
    else:
        with pytest.raises(ValueError, match=f"{before} cannot be {after}"):
            move(incentive, after, NOW)
