"""A person at a browser: finds the token in a form and presses its button."""

import re
from datetime import datetime

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaigns import clock
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.sign_in import issue_sign_in
from campaigns.merchants.staff import Role, Staff
from campaigns.tokens import Purpose
from tests.factories import make_staff

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def press(client: FlaskClient, page: str, action: str, **fields: str) -> TestResponse:
    """Open a page and send a form of it."""
    found = TOKEN.search(client.get(page).text)
    assert found, f"{page} has no form to press"
    return client.post(action, data={"csrf_token": found[1], **fields})


def link_for(house: House, staff: Staff, now: datetime | None = None) -> str:
    """Return the path of a link that signs in."""
    with house.database.transaction() as session:
        sign_in = issue_sign_in(session, staff, now or clock.now())
    return f"/login/{house.tokens.sign(Purpose.SIGN_IN, sign_in.id)}"


def enter(client: FlaskClient, house: House, merchant: Merchant, role: Role = Role.OWNER) -> Staff:
    """Sign a new member of a merchant's staff in."""
    with house.database.transaction() as session:
        staff = make_staff(session, merchant, role, f"{role}@{merchant.id}.example")
    path = link_for(house, staff)
    assert press(client, path, path).status_code == 303
    return staff
