"""The shops we understand, by the kind of the store; docs/webhooks.md tells how to add one."""

from campaigns.intake.platforms.platform import Platform
from campaigns.intake.platforms.shopify import Shopify
from campaigns.intake.platforms.standard import Standard
from campaigns.merchants.store import StoreKind

PLATFORMS: dict[str, Platform] = {StoreKind.STANDARD: Standard(), StoreKind.SHOPIFY: Shopify()}
