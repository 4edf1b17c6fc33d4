"""A list is one parameter, whatever is in it and however long it is."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.among import among, numbers
from campaigns.merchants.merchant import Merchant
from tests.factories import make_merchant

ODD = ['"', "'", "\\", "a,b", "{a}", "[1]", "null", "", "日本", "e\u0301", "\n"]


def test_numbers_find_their_rows_and_no_others(session: Session) -> None:
    ids = [make_merchant(session).id for _ in range(5)]
    query = select(Merchant.id).where(among(Merchant.id, "ids")).order_by(Merchant.id)

    assert list(session.scalars(query, {"ids": [ids[3], ids[1], 2**60]})) == [ids[1], ids[3]]
    assert list(session.scalars(query, {"ids": set(ids)})) == ids
    assert list(session.scalars(query, {"ids": []})) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(wanted=st.lists(st.sampled_from(ODD)))
def test_texts_are_what_they_are(session: Session, wanted: list[str]) -> None:
    with session.begin_nested() as this:
        for name in ODD:
            make_merchant(session, name=name)
        found = session.scalars(select(Merchant.name).where(among(Merchant.name, "names")), {"names": wanted})

        assert set(found) == set(wanted)
        this.rollback()


def test_numbers_are_a_table(session: Session) -> None:
    every = numbers("these")

    assert sorted(session.scalars(select(every.c.value), {"these": [3, 1, 2**60]})) == [1, 3, 2**60]
