"""Networks are forgotten within the hour, and what they showed is judged the same afterwards."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaigns import clock
from campaigns.house import House
from campaigns.responses.evidence import gather
from campaigns.responses.hit import Hit
from campaigns.responses.jobs import fold_answers, forget_networks, mature_answers
from campaigns.responses.signs.rules import RULES
from campaigns.responses.weighing import weigh
from tests.factories import make_contact, make_enrollment, make_message, make_purchase
from tests.reports.rows import make_shop
from tests.responses.conftest import Ana, Letter, Records, letter_of

STALE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/72.0.0.0 Safari/537.36"
FLEET = "40.107.235.7"
Wait = Callable[..., None]


@pytest.fixture
def letters(house: House) -> list[Letter]:
    """Three letters, to three domains."""
    with house.database.transaction() as session:
        shop = make_shop(session)
        messages = []
        for number in range(3):
            contact = make_contact(session, shop.merchant, f"somebody@company{number}.example")
            purchase = make_purchase(session, shop.store, contact, order_id=f"{number}")
            closes_at = clock.now() + timedelta(days=21)
            messages.append(
                make_message(session, make_enrollment(session, purchase, shop.version, closes_at=closes_at))
            )
    return [letter_of(house, message) for message in messages]


def tell(ana: Ana, letter: Letter, address: str = FLEET) -> None:
    form = {"nonce": ana.nonce(letter.rate(4)), "score": "4", "level": "provisional"}
    ana.client.post(
        letter.rate(4), data=form, headers={"User-Agent": STALE}, environ_overrides={"REMOTE_ADDR": address}
    )


def age(house: House) -> None:
    """Let pages have been open for a while: what is tested here is not haste."""
    with house.database.transaction() as session:
        for hit in session.scalars(select(Hit).where(Hit.kind == "answer")):
            hit.facts = {**(hit.facts or {}), "age_ms": 3000}
            hit.level = "provisional"


def test_one_network_before_three_domains_is_a_fleet_also_when_it_is_forgotten(
    house: House, letters: list[Letter], ana: Ana, records: Records, wait: Wait
) -> None:
    for letter in letters:
        tell(ana, letter)
    age(house)
    fold_answers(house)
    wait(minutes=16)
    mature_answers(house)
    assert [hit.domains for hit in records.answers] == [3, 3, 3]
    assert all(hit.network for hit in records.answers)
    assert forget_networks(house) == 0, "too soon"

    wait(minutes=10)
    assert forget_networks(house) == 3
    assert forget_networks(house) == 0

    assert {(hit.network, hit.client) for hit in records.answers} == {(None, "")}
    with house.database.reading() as session:
        for letter in letters:
            found = weigh(gather(session, [letter.enrollment_id], RULES)[letter.enrollment_id], RULES, clock.now())
            assert found is not None
            assert {(each.code, each.evidence.get("domains")) for each in found.reasons} == {
                ("fanout", 3),
                ("hdr", None),
            }
            assert found.folded.level == "suspect"


def test_what_nobody_judged_in_time_is_counted_before_it_is_forgotten(
    house: House, letters: list[Letter], ana: Ana, records: Records, wait: Wait
) -> None:
    for letter in letters:
        tell(ana, letter)
    age(house)

    wait(hours=3)
    forget_networks(house)

    assert [(hit.network, hit.domains) for hit in records.answers] == [(None, 3)] * 3


def test_networks_stay_apart_within_a_letter(
    house: House, letters: list[Letter], ana: Ana, records: Records, wait: Wait
) -> None:
    for address in (FLEET, "198.41.0.4", FLEET):
        tell(ana, letters[0], address)
    wait(hours=1)
    forget_networks(house)
    tell(ana, letters[0], FLEET)
    wait(hours=1)
    forget_networks(house)

    assert [hit.network_number for hit in records.answers] == [1, 2, 1, 3]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "fd00::1", "nonsense"])
def test_an_address_beside_us_is_a_proxys_and_tells_nothing(
    letters: list[Letter], ana: Ana, records: Records, address: str
) -> None:
    tell(ana, letters[0], address)

    assert records.answers[0].network is None


def test_no_address_is_in_any_row(letters: list[Letter], ana: Ana, records: Records) -> None:
    tell(ana, letters[0])

    (hit,) = records.answers
    assert FLEET not in str(vars(hit))
    assert hit.network
