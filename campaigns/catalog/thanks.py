"""What everybody who answers is offered, whatever they answered: there is no place here for a score to stand in."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from campaigns.catalog.survey import Texts


class Deliver(StrEnum):
    PAGE = "page"  # on the page that says thank you
    MAIL = "mail"


class ReviewSite(StrEnum):
    GOOGLE = "google"
    TRUSTPILOT = "trustpilot"
    YELP = "yelp"
    TRIPADVISOR = "tripadvisor"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incentive:
    pool: str  # "" where everybody gets the one code
    code: str
    text: Texts
    conditions: Texts  # may be empty
    until: date | None
    deliver: Deliver

    def is_over(self, today: date) -> bool:
        return self.until is not None and today > self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    site: ReviewSite
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    incentive: Incentive | None = None
    reviews: tuple[Review, ...] = ()


NOTHING = Offer()
