"""A merchant's relays are its own: their passwords are sealed, and its letters leave by no other server."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from campaigns.delivery.relay import (
    HOUSE,
    Relay,
    RelayPlan,
    add_relay,
    get_relay,
    house_relay,
    plans_of,
    relays_of,
    remove_relay,
    set_active,
)
from campaigns.delivery.server import Server
from campaigns.errors import AskwellError, NotFound, SettingsError
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from campaigns.vault import Vault
from tests.factories import NOW, make_merchant

URL = "smtp://key:hunter2@mx.example:2525"


@pytest.fixture
def merchant(session: Session) -> Merchant:
    return make_merchant(session)


def relay(session: Session, house: House, merchant: Merchant, name: str = "ses", **values: Any) -> Relay:
    row = Relay(merchant_id=merchant.id, name=name, created_at=NOW, **values)
    return add_relay(session, house.vault, row, URL)


def test_a_relay_is_kept_whole_and_its_password_sealed(session: Session, house: House, merchant: Merchant) -> None:
    values: dict[str, Any] = {"weight": 3, "tier": 1, "connections": 8, "letters_per_second": 14.5, "signs": True}
    row = relay(session, house, merchant, warm_up_from=date(2026, 12, 1), **values)
    session.expire_all()

    assert "hunter2" not in row.sealed_url
    assert "mx.example" not in row.sealed_url
    assert plans_of(session, house.vault, merchant.id, house_relay(house.settings)) == (
        RelayPlan(
            key=row.id,
            server=Server.from_url(URL),
            weight=3,
            tier=1,
            connections=8,
            rate=14.5,
            warm_up_from=date(2026, 12, 1),
            signs=True,
        ),
    )


def test_no_plan_shows_a_password(session: Session, house: House, merchant: Merchant) -> None:
    relay(session, house, merchant)

    assert "hunter2" not in repr(plans_of(session, house.vault, merchant.id, house_relay(house.settings)))


def test_who_has_no_relay_sends_by_the_house(session: Session, house: House, merchant: Merchant) -> None:
    own = house_relay(house.settings)

    assert own.key == HOUSE
    assert own.server == Server(host="127.0.0.1", port=9)
    assert plans_of(session, house.vault, merchant.id, own) == (own,)


def test_who_paused_all_relays_sends_by_none(session: Session, house: House, merchant: Merchant) -> None:
    own = house_relay(house.settings)
    row = relay(session, house, merchant)

    set_active(session, row, False)
    assert plans_of(session, house.vault, merchant.id, own) == ()

    set_active(session, row, True)
    assert [plan.key for plan in plans_of(session, house.vault, merchant.id, own)] == [row.id]

    remove_relay(session, row)
    assert plans_of(session, house.vault, merchant.id, own) == (own,)


def test_a_relay_belongs_to_one_merchant(session: Session, house: House, merchant: Merchant) -> None:
    row, other = relay(session, house, merchant), make_merchant(session)

    assert get_relay(session, merchant.id, row.id) is row
    with pytest.raises(NotFound, match=f"Merchant {other.id} has no relay {row.id}"):
        get_relay(session, other.id, row.id)
    assert relays_of(session, other.id) == []
    assert relay(session, house, other).name == "ses"


def test_a_name_is_given_once_and_a_url_is_one(session: Session, house: House, merchant: Merchant) -> None:
    relay(session, house, merchant)

    with pytest.raises(AskwellError, match="has a relay of that name"):
        relay(session, house, merchant)
    with pytest.raises(SettingsError) as caught:
        add_relay(session, house.vault, Relay(merchant_id=merchant.id, name="x", created_at=NOW), "smtp://u:hunter2@")
    assert "hunter2" not in str(caught.value)


def test_a_relay_sealed_with_a_lost_key_holds_up_no_other(
    session: Session, house: House, merchant: Merchant, caplog: pytest.LogCaptureFixture
) -> None:
    lost = Relay(merchant_id=merchant.id, name="lost", created_at=NOW)
    add_relay(session, Vault(("x" * 40,)), lost, URL)
    row = relay(session, house, merchant)

    plans = plans_of(session, house.vault, merchant.id, house_relay(house.settings))

    assert [plan.key for plan in plans] == [row.id]
    assert f"relay {lost.id} cannot be used" in caplog.text
    assert "hunter2" not in caplog.text
