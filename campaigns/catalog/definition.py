"""A campaign file says what to ask, of whom and when; a mistake in it is named, never guessed around."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from campaigns.catalog.scale import Scale
from campaigns.catalog.survey import Survey, Texts
from campaigns.catalog.thanks import NOTHING, Offer
from campaigns.catalog.variant import Variant

# A merchant's own, and once the campaign is applied also which version of it.
OWN_TEMPLATE = re.compile(r"own/([a-z0-9][a-z0-9_-]{0,39})(?:@([1-9]\d{0,8}))?")


class Trigger(StrEnum):
    PLACED = "order.placed"
    PAID = "order.paid"
    FULFILLED = "order.fulfilled"
    DELIVERED = "order.delivered"


class Trust(StrEnum):
    """Which answers count; reference: docs/answers.md."""

    BALANCED = "balanced"  # confirmed ones, and one click that stood its hold without a suspicion
    STRICT = "strict"  # confirmed ones


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a recipient's day in which a letter may arrive, `until` not included."""

    start: time
    until: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    name: str
    trigger: Trigger
    delay: timedelta
    hours: Hours
    reminder_after: timedelta | None
    closes_after: timedelta
    cooldown: timedelta
    template: str
    holdout: float
    subject: Texts
    preheader: Texts
    variants: tuple[Variant, ...]
    survey: Survey
    trust: Trust = Trust.BALANCED
    source: Mapping[str, Any]  # the file as read: what a version keeps
    thanks: Offer = NOTHING

    @property
    def scale(self) -> Scale:
        return self.survey.scale
