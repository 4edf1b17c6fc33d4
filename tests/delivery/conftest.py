"""The one letter most tests of delivery are about."""

import pytest

from campaigns.house import House
from tests.delivery.stage import ask


@pytest.fixture
def message_id(house: House) -> int:
    """An invitation that is due now."""
    with house.database.transaction() as session:
        return ask(session, house.vault)[0]
