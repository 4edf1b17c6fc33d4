"""A page with nothing to show teaches the next step, with a command that works as it stands."""

import html
import re
import subprocess
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from campaigns.house import House
from campaigns.merchants.store import StoreKind
from tests.factories import make_campaign, make_merchant, make_store
from tests.merchants.browser import enter


@pytest.mark.parametrize("step", ["bare", "store", "campaign", "both"])
def test_an_empty_page_teaches_the_next_step(client: FlaskClient, house: House, step: str) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        if step in {"store", "both"}:
            make_store(session, house.vault, merchant)
            make_store(session, house.vault, merchant, kind=StoreKind.SHOPIFY)
        if step in {"campaign", "both"}:
            make_campaign(session, merchant)
    enter(client, house, merchant)

    overview, purchases = client.get("/").text, client.get("/purchases").text

    assert ("curl" in overview) == ("curl" in purchases) == (step in {"store", "both"})
    assert ("store create" in overview) == (step in {"bare", "campaign"})
    assert ("campaign apply" in overview) == (step in {"bare", "store"})


def test_the_command_on_the_empty_page_signs_as_a_shop_does(client: FlaskClient, house: House, tmp_path: Path) -> None:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        store = make_store(session, house.vault, merchant)
    enter(client, house, merchant)
    (command,) = re.findall(r"<pre[^>]*><code>(SECRET=.*?)</code>", client.get("/").text, re.DOTALL)
    # What the shell makes of the command is kept instead of sent: curl is an echo here.
    script = html.unescape(command).replace("whsec_…", store.secrets(house.vault)[0])
    script = re.sub(
        r"^curl .*", 'printf "%s\\\\0" "$ID" "$TS" "$SIGNATURE" "$BODY"', script, flags=re.DOTALL | re.MULTILINE
    )

    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True, cwd=tmp_path)

    delivery_id, sent_at, signature, body, _ = done.stdout.split(b"\0")
    headers = {"webhook-id": delivery_id, "webhook-timestamp": sent_at, "webhook-signature": b"v1," + signature}
    plain = {name: value.decode() for name, value in headers.items()}
    assert client.post(f"/webhooks/{store.key}", data=body, headers=plain).status_code == 202
