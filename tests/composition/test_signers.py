"""Who signs a letter follows from its From address and the merchant's keys as they are now."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from campaigns.composition.signers import signers_of
from campaigns.errors import SettingsError
from campaigns.house import House
from campaigns.merchants.dkim_key import KeyName, create_key, retire_key
from campaigns.merchants.key_pair import Algorithm
from campaigns.merchants.merchant import Merchant
from campaigns.vault import Vault
from tests.factories import NOW, make_merchant

FROM = "hello@news.harbour.example"


def make_keys(session: Session, house: House, merchant: Merchant, domain: str = "harbour.example") -> list[int]:
    names = [KeyName(merchant_id=merchant.id, domain=domain, selector=str(algorithm)) for algorithm in Algorithm]
    pairs = zip(names, Algorithm, strict=True)
    return [create_key(session, house.vault, name, algorithm, NOW).id for name, algorithm in pairs]


def test_both_keys_of_a_parent_domain_sign_and_each_is_read_once(session: Session, house: House) -> None:
    merchant = make_merchant(session)
    make_keys(session, house, merchant)

    first, again = (signers_of(session, house.vault, merchant.id, FROM) for _ in range(2))

    assert [(each.domain, each.selector) for each in first] == [
        ("harbour.example", each) for each in ("rsa", "ed25519")
    ]
    assert all(one is other for one, other in zip(first, again, strict=True))


def test_a_key_that_retires_signs_no_further_batch(session: Session, house: House) -> None:
    merchant = make_merchant(session)
    rsa, _ = make_keys(session, house, merchant)

    assert len(signers_of(session, house.vault, merchant.id, FROM)) == 2
    retire_key(session, merchant.id, rsa, NOW + timedelta(days=1))
    assert [each.selector for each in signers_of(session, house.vault, merchant.id, FROM)] == ["ed25519"]


def test_another_merchant_of_the_same_domain_signs_nothing(session: Session, house: House) -> None:
    merchant, other = make_merchant(session), make_merchant(session, name="Kiln & Co")
    make_keys(session, house, merchant)

    assert signers_of(session, house.vault, other.id, FROM) == ()


def test_an_address_beyond_ascii_finds_the_key_of_its_domain(session: Session, house: House) -> None:
    merchant = make_merchant(session)
    make_keys(session, house, merchant, "xn--tpfe-5qa.example")

    assert len(signers_of(session, house.vault, merchant.id, "hallo@töpfe.example")) == 2
    assert len(signers_of(session, house.vault, merchant.id, "hallo@XN--TPFE-5QA.example")) == 2


def test_an_address_no_letter_can_come_from_has_no_signer(session: Session, house: House) -> None:
    merchant = make_merchant(session)

    assert signers_of(session, house.vault, merchant.id, "nobody") == ()


def test_a_key_that_cannot_be_opened_is_said_rather_than_left_out(session: Session, house: House) -> None:
    merchant = make_merchant(session)
    make_keys(session, house, merchant)

    with pytest.raises(SettingsError, match="SECRET_KEY_FALLBACKS"):
        signers_of(session, Vault(("another" * 6,)), merchant.id, FROM)
