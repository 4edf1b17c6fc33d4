"""One more purchase of the sample shop, ready to be sent."""

import secrets

import click

from campaigns import clock
from campaigns.door import house
from campaigns.merchants.store import get_store
from campaigns.sample.merchant import open_sample
from campaigns.sample.purchases import sample_purchase
from campaigns.terminal import Group, merchant_option, show

sample = Group("sample", help="The sample shop, to try things with.")


@sample.say("sample purchase --merchant 1 --store 1 | sh", "purchase")
@merchant_option
@click.option("--store", "store_id", type=int, required=True, help="A store of kind standard.")
@click.option("--buyer", type=click.IntRange(0, 2), default=0, help="Who buys: 0 in English, 1 German, 2 Arabic.")
def purchase(merchant_id: int, store_id: int, buyer: int, as_json: bool) -> None:
    """Print the curl that sends one more signed purchase; its signature is good for five minutes."""
    with house().database.reading() as session:
        store = get_store(session, merchant_id, store_id)
    webhook = sample_purchase(house(), store, buyer, clock.now(), unique=secrets.token_hex(3))
    data = {"url": webhook.url, "headers": webhook.headers, "body": webhook.body.decode()}
    show(data, as_json, webhook.as_curl())


@sample.say("sample open", "open")
def open_(as_json: bool) -> None:
    """Make the sample merchant where there is none; prints a link that signs its owner in once."""
    found = open_sample(house(), clock.now())
    data = {"merchant": found.merchant_id, "store": found.store.id, "sign_in_url": found.sign_in_url}
    show(data, as_json, f"Merchant {found.merchant_id}, store {found.store.id}", found.sign_in_url)
