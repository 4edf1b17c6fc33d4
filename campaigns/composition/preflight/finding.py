"""A finding names the check, where it looked, what it saw and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from campaigns.catalog.definition import Definition
from campaigns.composition.letter import Letter
from campaigns.composition.preflight.page import Page
from campaigns.composition.preview import Shop
from campaigns.enrollment.states import MessageKind


class Severity(StrEnum):
    ERROR = "error"  # a campaign with one is not put into force
    WARNING = "warning"
    NOTE = "note"  # nothing is lost, or a budget is being used up


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    severity: Severity
    where: str  # "subject.de", "question why", "the invitation in en"
    what: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter to be written for one example of a customer and an order."""

    kind: MessageKind
    tag: str
    occasion: str = ""  # or what is out of the ordinary: "to nobody by name"
    variant: str = ""  # whose words it has; "" for the campaign's own

    @property
    def where(self) -> str:
        worded = f", worded as variant {self.variant}" if self.variant else ""
        return f"the {self.kind} in {self.tag}{worded}" + (f", {self.occasion}" if self.occasion else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof(Draft):
    """One letter of a campaign, written."""

    letter: Letter
    page: Page  # its HTML, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """All that the checks are given."""

    definition: Definition
    shop: Shop
    base_url: str
    proofs: tuple[Proof, ...]
    languages: tuple[str, ...]  # in which letters are written
    countries: tuple[str, ...]  # to which letters go; none named: the strictest law
    has_consent: bool  # whether everybody agreed to be sent promotions
    audience: Mapping[str, float]  # the share of each family of mail programs
