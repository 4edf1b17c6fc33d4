"""A flight of Ana's letters, whole and sound; each test breaks one thing of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from campaigns.catalog.campaign_file import read_definition
from campaigns.composition.preflight.clients import AUDIENCE
from campaigns.composition.preflight.finding import Finding, Flight, Proof
from campaigns.composition.preflight.page import Page
from campaigns.composition.preflight.proofs import write_proofs
from campaigns.composition.preview import Shop
from tests.composition.cast import NOW

BASE = "https://ask.example"
LANGUAGES = ("en", "de", "ar")  # a check looks at each letter alike, in whichever language
LINES = {"subject", "preheader", "variant"}
Check = Callable[[Flight], Any]
SOUND: Mapping[str, Any] = {"name": "After delivery", "reminder_after": "P5D"}


def fly(campaign: Mapping[str, Any] | None = None, shop: Shop | None = None, **values: Any) -> Flight:
    """Return the letters of a sound campaign, some of it changed."""
    definition, shop = read_definition({**SOUND, **(campaign or {})}), shop or Shop()
    blank = {
        "definition": definition,
        "shop": shop,
        "base_url": BASE,
        "proofs": ()
        if "proofs" in values
        else proofs(json.dumps({**SOUND, **{key: (campaign or {})[key] for key in LINES & set(campaign or {})}}), shop),
        "languages": LANGUAGES,
        "countries": (),
        "has_consent": False,
        "audience": AUDIENCE,
    }
    return Flight(**{**blank, **values})


@cache
def proofs(campaign: str, shop: Shop) -> tuple[Proof, ...]:
    written, failures = write_proofs(read_definition(json.loads(campaign)), shop, BASE, LANGUAGES, NOW)
    assert failures == ()
    return written


def rewritten(flight: Flight, old: str, new: str, part: str = "html") -> Flight:
    """Return a flight whose letters say something else in one of their parts."""
    return replace(flight, proofs=tuple(_rewritten(proof, old, new, part) for proof in flight.proofs))


def _rewritten(proof: Proof, old: str, new: str, part: str) -> Proof:
    before = getattr(proof.letter, part)
    after = before.replace(old.encode(), new.encode()) if part == "data" else before.replace(old, new)
    assert after != before, f"{old!r} is not in the {part} of {proof.where}"
    letter = replace(proof.letter, **{part: after})
    return replace(proof, letter=letter, page=Page(letter.html))


def added(flight: Flight, html: str) -> Flight:
    """Return a flight whose letters hold something more, at their end."""
    return rewritten(flight, "</body>", f"{html}</body>")


def found(check: Check, flight: Flight) -> list[Finding]:
    return list(check(flight))
