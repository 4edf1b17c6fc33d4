"""What a letter is made of is shown by the mail programs its readers have."""

import re
from collections.abc import Iterator
from functools import cache

from campaigns.composition.preflight.clients import FEATURES, Feature
from campaigns.composition.preflight.finding import Finding, Flight, Severity

ENOUGH = 0.9  # of the audience; below it, too many readers see the letter broken
OUTLOOK_ALONE = re.compile(r"<!--\[if(?!\s+!)[^\]]*\]>.*?<!\[endif\]--+>", re.DOTALL)


def check_support(flight: Flight) -> Iterator[Finding]:
    """Nothing that matters to a letter is unknown to the programs of too many readers."""
    used: dict[str, tuple[Feature, str]] = {}
    for proof in flight.proofs:
        for feature in used_in(proof.letter.html):
            used.setdefault(feature.page, (feature, proof.where))
    for feature, where in used.values():
        share = feature.share(flight.audience)
        if share < ENOUGH:
            severity = Severity.NOTE if feature.is_harmless else Severity.WARNING
            what = f"{feature.page} works for about {share:.0%} of the readers ({feature.url})."
            yield Finding("mail programs", severity, where, what, feature.instead)


def used_in(html: str) -> list[Feature]:
    """Return what a letter uses, leaving out what it shows to Outlook alone."""
    shown = OUTLOOK_ALONE.sub("", html)
    return [feature for feature in FEATURES if _pattern(feature.found).search(shown)]


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
