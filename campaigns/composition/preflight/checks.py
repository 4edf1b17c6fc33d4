"""All checks in the order a person would ask them; what many letters have in common is said once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.catalog.definition import Definition
from campaigns.composition.preflight.addresses import check_links
from campaigns.composition.preflight.asking import check_length, check_reminder, check_wording
from campaigns.composition.preflight.clients import AUDIENCE
from campaigns.composition.preflight.colours import check_contrast
from campaigns.composition.preflight.duties import check_postal_address, check_ratings, check_way_out
from campaigns.composition.preflight.finding import Finding, Flight, Severity
from campaigns.composition.preflight.promotion import check_promotion
from campaigns.composition.preflight.proofs import write_proofs
from campaigns.composition.preflight.structure import check_outlook
from campaigns.composition.preflight.subjects import (
    check_bodies,
    check_languages,
    check_subjects,
    check_written_subjects,
)
from campaigns.composition.preflight.support import check_support
from campaigns.composition.preflight.weight import check_pictures, check_size
from campaigns.composition.preview import Shop
from campaigns.tags import available

Check = Callable[[Flight], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    check_postal_address,
    check_way_out,
    check_ratings,
    check_promotion,
    check_links,
    check_subjects,
    check_written_subjects,
    check_bodies,
    check_languages,
    check_reminder,
    check_length,
    check_wording,
    check_outlook,
    check_size,
    check_pictures,
    check_contrast,
    check_support,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """To whom letters go, as far as somebody said."""

    countries: tuple[str, ...] = ()
    has_consent: bool = False  # to be sent promotions
    audience: Mapping[str, float] = field(default_factory=lambda: AUDIENCE)


def preflight(
    definition: Definition, shop: Shop, base_url: str, readers: Readers, now: datetime
) -> tuple[Finding, ...]:
    """Write a campaign's letters and say what is amiss with them, the gravest first."""
    proofs, failures = write_proofs(definition, shop, base_url, available(), now)
    flight = Flight(
        definition=definition,
        shop=shop,
        base_url=base_url,
        proofs=proofs,
        languages=available(),
        countries=readers.countries,
        has_consent=readers.has_consent,
        audience=readers.audience,
    )
    return look_at(flight, failures)


def look_at(flight: Flight, failures: Iterable[Finding] = ()) -> tuple[Finding, ...]:
    found = [*failures, *(finding for check in CHECKS for finding in check(flight))]
    ranks = list(Severity)
    return tuple(sorted(_together(found), key=lambda finding: ranks.index(finding.severity)))


def _together(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Say what is the same of several letters once, with how many more it is true of."""
    places: dict[tuple[str, Severity, str, str], list[str]] = {}
    for each in findings:
        places.setdefault((each.check, each.severity, each.what, each.fix), []).append(each.where)
    for (check, severity, what, fix), where in places.items():
        more = len(set(where)) - 1
        yield Finding(check, severity, where[0] + (f" and {more} more" if more else ""), what, fix)
