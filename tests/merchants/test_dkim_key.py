"""A key is made once under each name of the DNS, signs what is aligned with it, and retires for good."""

from base64 import b64decode
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from campaigns.errors import AskwellError, NotFound
from campaigns.house import House
from campaigns.merchants.dkim_key import (
    DkimKey,
    KeyName,
    active_keys,
    ascii_domain,
    covers,
    create_key,
    free_selector,
    keys_of,
    retire_key,
)
from campaigns.merchants.key_pair import Algorithm, Record
from tests.factories import NOW, make_merchant

LATER = NOW + timedelta(days=90)


def make_key(
    session: Session, house: House, merchant_id: int, domain: str = "harbour.example", **values: str
) -> DkimKey:
    selector = values.get("selector") or free_selector(session, domain)
    name = KeyName(merchant_id=merchant_id, domain=domain, selector=selector)
    return create_key(session, house.vault, name, Algorithm(values.get("algorithm", "ed25519")), NOW)


def test_the_private_half_is_sealed_in_the_database(session: Session, house: House) -> None:
    key = make_key(session, house, make_merchant(session).id)

    kept = session.execute(text("SELECT * FROM dkim_key")).one()

    assert "PRIVATE" in house.vault.unseal(key.sealed_key)
    assert not any("PRIVATE" in str(column) for column in kept)


def test_a_record_holds_the_public_half(session: Session, house: House) -> None:
    merchant = make_merchant(session)
    rsa, ed25519 = (make_key(session, house, merchant.id, algorithm=each).record(house.vault) for each in Algorithm)

    assert rsa.name == "askwell1._domainkey.harbour.example"
    assert rsa.value.startswith("v=DKIM1; k=rsa; p=MIIBI")
    assert ed25519.name == "askwell2._domainkey.harbour.example"
    assert len(b64decode(ed25519.value.removeprefix("v=DKIM1; k=ed25519; p="))) == 32


@given(st.text(st.characters(min_codepoint=48, max_codepoint=122, exclude_characters='\\"'), min_size=1, max_size=900))
def test_a_zone_line_is_the_value_in_strings_that_fit(value: str) -> None:
    line = Record("askwell1._domainkey.harbour.example", value).zone_line

    name, _, strings = line.partition(". IN TXT ( ")
    pieces = strings.removesuffix(" )").removeprefix('"').removesuffix('"').split('" "')
    assert name == "askwell1._domainkey.harbour.example"
    assert "".join(pieces) == value
    assert max(map(len, pieces)) <= 255


def test_every_active_key_of_an_aligned_domain_signs_and_rsa_comes_first(session: Session, house: House) -> None:
    merchant, other = make_merchant(session), make_merchant(session, name="Kiln & Co")
    parent = make_key(session, house, merchant.id, "shop.example")
    own = make_key(session, house, merchant.id, "news.shop.example", algorithm="rsa")
    make_key(session, house, merchant.id, "old.news.shop.example")
    make_key(session, house, merchant.id, "otherwise-shop.example")
    make_key(session, house, other.id, "shop.example")

    assert [key.id for key in active_keys(session, merchant.id, "news.shop.example")] == [own.id, parent.id]
    assert [key.id for key in active_keys(session, merchant.id, "shop.example")] == [parent.id]
    assert active_keys(session, merchant.id, "example") == []


@pytest.mark.parametrize(
    ("domain", "from_domain", "expected"),
    [
        ("shop.example", "shop.example", True),
        ("shop.example", "a.b.shop.example", True),
        ("a.shop.example", "shop.example", False),
        ("hop.example", "shop.example", False),
        ("shop.example", "shop.example.evil.example", False),
    ],
)
def test_a_key_speaks_for_its_domain_and_what_is_below_it(domain: str, from_domain: str, expected: bool) -> None:
    assert covers(domain, from_domain) is expected


def test_a_retired_key_signs_nothing_and_keeps_its_day(session: Session, house: House) -> None:
    merchant = make_merchant(session)
    old, new = (make_key(session, house, merchant.id) for _ in range(2))

    retire_key(session, merchant.id, old.id, LATER)
    again = retire_key(session, merchant.id, old.id, LATER + timedelta(days=1))

    assert again.retired_at == LATER
    assert active_keys(session, merchant.id, "harbour.example") == [new]
    assert keys_of(session, merchant.id) == [old, new]


def test_a_name_in_the_dns_is_used_once_even_by_two_merchants_and_after_retirement(
    session: Session, house: House
) -> None:
    merchant, other = make_merchant(session), make_merchant(session, name="Kiln & Co")
    key = make_key(session, house, merchant.id, selector="askwell1")
    retire_key(session, merchant.id, key.id, LATER)

    for merchant_id in (merchant.id, other.id):
        with pytest.raises(AskwellError, match=r"askwell1 of harbour\.example has a key already"):
            make_key(session, house, merchant_id, selector=" ASKWELL1 ")
    assert free_selector(session, "harbour.example") == "askwell2"
    assert free_selector(session, "kiln.example") == "askwell1"


def test_another_merchants_key_is_not_there(session: Session, house: House) -> None:
    merchant, other = make_merchant(session), make_merchant(session, name="Kiln & Co")
    key = make_key(session, house, other.id)

    for key_id in (key.id, key.id + 1, 0):
        with pytest.raises(NotFound):
            retire_key(session, merchant.id, key_id, NOW)
    assert key.retired_at is None


def test_domains_are_spelled_as_the_dns_has_them() -> None:
    assert ascii_domain(" Shop.Example. ") == "shop.example"
    assert ascii_domain("töpfe.example") == "xn--tpfe-5qa.example"


@pytest.mark.parametrize(
    "nonsense", ["", "example", "a b.example", "-a.example", "a..b", "x" * 64 + ".example", "a;b.example"]
)
def test_what_is_no_domain_is_refused(nonsense: str) -> None:
    with pytest.raises(AskwellError, match="is not a domain"):
        ascii_domain(nonsense)


@pytest.mark.parametrize("nonsense", ["a b", "a;b", "ä", "a_b", ".a", "x" * 64])
def test_what_is_no_selector_is_refused(session: Session, house: House, nonsense: str) -> None:
    merchant = make_merchant(session)

    with pytest.raises(AskwellError, match="is not letters, digits and hyphens"):
        make_key(session, house, merchant.id, selector=nonsense)
