"""What a campaign says lives in frozen versions; only something new makes a new one."""

import pytest
from sqlalchemy.orm import Session

from campaigns.catalog.campaign import campaigns_of, get_campaign
from campaigns.errors import NotFound
from tests.factories import make_campaign, make_merchant


def test_applying_the_same_twice_makes_one_version(session: Session) -> None:
    merchant = make_merchant(session)

    first, again = make_campaign(session, merchant), make_campaign(session, merchant)

    assert (first.id, first.number) == (again.id, 1)


def test_applying_a_change_makes_a_version_and_leaves_the_old_one(session: Session) -> None:
    merchant = make_merchant(session)
    first = make_campaign(session, merchant)

    second = make_campaign(session, merchant, delay="P1D")

    assert second.number == 2
    assert first.definition.delay.days == 3
    assert len(campaigns_of(session, merchant.id)) == 1


def test_another_merchants_campaign_is_not_found(session: Session) -> None:
    version = make_campaign(session, make_merchant(session))
    stranger = make_merchant(session, name="Stranger")

    with pytest.raises(NotFound):
        get_campaign(session, stranger.id, version.campaign_id)
