"""The sample merchant: made once, and left as it is ever after."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaigns.catalog.campaign import apply_campaign
from campaigns.catalog.campaign_file import parse_campaign
from campaigns.house import House
from campaigns.merchants.merchant import Merchant, add_merchant, find_merchant_named
from campaigns.merchants.sign_in import issue_sign_in
from campaigns.merchants.staff import Role, add_staff
from campaigns.merchants.store import Store, StoreKind, add_store, new_secret, stores_of

NAME = "Harbour Mugs"
OWNER = "owner@harbour-mugs.example"
CAMPAIGN = Path(__file__).with_name("after_delivery.toml")


@dataclass(frozen=True, slots=True)
class Sample:
    merchant_id: int
    is_new: bool
    store: Store
    sign_in_url: str


def open_sample(house: House, now: datetime) -> Sample:
    """Find or make the sample merchant, and issue a link that signs its owner in once."""
    with house.database.transaction() as session:
        merchant = find_merchant_named(session, NAME)
        is_new = merchant is None
        if merchant is None:
            merchant = add_merchant(session, _merchant(now))
            definition = parse_campaign(CAMPAIGN.read_text(encoding="utf-8"), CAMPAIGN.name)
            apply_campaign(session, merchant.id, definition, now)
            add_store(session, house.vault, merchant.id, StoreKind.STANDARD, new_secret(), now)
        owner = add_staff(session, merchant.id, OWNER, Role.OWNER, now)
        link = house.links.sign_in(issue_sign_in(session, owner, now, is_mailed=False).id)
        return Sample(merchant.id, is_new, stores_of(session, merchant.id)[0], link)


def _merchant(now: datetime) -> Merchant:
    return Merchant(
        name=NAME,
        from_address="hello@harbour-mugs.example",
        reply_to="care@harbour-mugs.example",
        postal_address="Harbour Mugs Ltd, 1 Quay Street, Galway H91 XY00, Ireland",
        timezone="Europe/Dublin",
        accent="#1f5f8b",
        created_at=now,
    )
