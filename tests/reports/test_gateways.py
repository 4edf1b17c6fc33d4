"""Letters are told apart by whose mailboxes they went to, and each is counted once."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact
from campaigns.reports.counting import Scope
from campaigns.reports.gateways import FAMILIES, LABELS, counts_by_gateway
from tests.reports.rows import NOW, answer, ask, make_shop


@pytest.mark.parametrize(
    ("address", "family"),
    [
        ("a@gmail.com", "gmail"),
        ("a@hotmail.co.uk", "microsoft"),
        ("a@outlook.com", "microsoft"),
        ("a@yahoo.fr", "yahoo"),
        ("a@icloud.com", "apple"),
        ("a@gmx.net", "gmx"),
        ("a@web.de", "gmx"),
        ("a@notgmail.com", "other"),
        ("gmail.com@company.example", "other"),
        (None, "forgotten"),
    ],
)
def test_a_letter_belongs_to_one_family(session: Session, address: str | None, family: str) -> None:
    shop = make_shop(session)
    answer(session, shop, ask(session, shop, "1"))
    ask(session, shop, "2")
    session.execute(update(Contact).values(email=address))

    found = counts_by_gateway(session, Scope(merchant_id=shop.merchant.id, now=NOW))

    ((name, counts),) = found[shop.version.campaign_id]
    assert (name, counts.eligible, counts.confirmed, counts.clicked) == (family, 2, 1, 1)


def test_every_family_has_a_name() -> None:
    assert set(FAMILIES) | {"other", "forgotten"} == set(LABELS)
