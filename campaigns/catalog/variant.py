"""Which of a campaign's variants somebody gets follows from two ids: anybody can work it out again, at any time."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.catalog.survey import Texts

BASE = "a"  # the campaign's own words, beside which the variants are tried
SPACE = 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    name: str
    share: float
    subject: Texts
    preheader: Texts


def variant_of(variants: Sequence[Variant], campaign_id: int, enrollment_id: int) -> Variant | None:
    """Return the variant of an enrollment in a campaign, None for the campaign's own words.

    The variants are those of the enrollment's version. Invitation and reminder get the same one; who is
    in which hangs on nothing else, neither on the hold-out nor on the order of the letters.
    """
    if not variants:
        return None
    digest = hashlib.sha256(f"variant.{campaign_id}.{enrollment_id}".encode()).digest()
    place, reached = int.from_bytes(digest[:8], "big") / SPACE, 0.0
    for variant in variants:
        reached += variant.share
        if place < reached:
            return variant
    return None
