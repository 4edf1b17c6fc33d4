"""The stage for a merchant's sample letters: its own name, address, colour and template, and nobody's data."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.catalog.definition import Definition
from campaigns.catalog.own_template import own_template_of, settled
from campaigns.composition.samples import Scene, Shop
from campaigns.merchants.merchant import Merchant, get_merchant


def shop_of(merchant: Merchant) -> Shop:
    return Shop(
        merchant_id=merchant.id,
        name=merchant.name,
        from_address=merchant.from_address,
        reply_to=merchant.reply_to,
        postal_address=merchant.postal_address,
        look=merchant.look,
        timezone=merchant.timezone,
    )


def scene_of(session: Session, merchant_id: int, definition: Definition, now: datetime) -> Scene:
    """Return a campaign's letters from a merchant; raises NotFound or InvalidCampaign."""
    shop = shop_of(get_merchant(session, merchant_id))
    definition = settled(session, merchant_id, definition)
    own = own_template_of(session, merchant_id, definition)
    return Scene(definition=definition, shop=replace(shop, own=own), now=now)
