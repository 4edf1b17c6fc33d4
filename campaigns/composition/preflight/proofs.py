"""Every letter a campaign will send is written as a proof: each kind, each language, each odd customer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from campaigns.catalog.definition import Definition
from campaigns.composition.compose import compose
from campaigns.composition.letter import LetterFacts
from campaigns.composition.preflight.finding import Finding, Proof, Severity
from campaigns.composition.preflight.page import Page
from campaigns.composition.preview import NOBODYS_KEY, Shop, sample_facts
from campaigns.enrollment.states import MessageKind
from campaigns.errors import RenderingError
from campaigns.links import Links
from campaigns.tokens import Tokens

LONG = "Hand-thrown stoneware breakfast cup with a matte sea-green glaze, a large handle and room for half a litre"
OCCASIONS: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "to nobody by name": {"first_name": "", "last_name": ""},
    "of an order without a product": {"items": (), "total": None, "purchased_at": None},
    "of a long product without a picture": {"items": ({"name": LONG, "image_url": ""},) * 12},
}
Written = tuple[tuple[Proof, ...], tuple[Finding, ...]]


def write_proofs(definition: Definition, shop: Shop, base_url: str, languages: Iterable[str], now: datetime) -> Written:
    """Return the letters, and a finding for each that cannot be written; their links open nobody's letter."""
    links = Links(base_url, Tokens((NOBODYS_KEY,)))
    proofs: list[Proof] = []
    failures: list[Finding] = []
    for kind, occasion, facts in _all_facts(definition, shop, languages, now):
        try:
            letter = compose(facts, links)
        except RenderingError as error:
            where = f"the {kind} in {facts.locale}" + (f", {occasion}" if occasion else "")
            fix = "Mend the template, or what it is given."
            failures.append(Finding("letter", Severity.ERROR, where, str(error), fix))
            continue
        page = Page(letter.html)
        proofs.append(Proof(kind=kind, tag=facts.locale, occasion=occasion, letter=letter, page=page))
    return tuple(proofs), tuple(failures)


def _all_facts(
    definition: Definition, shop: Shop, languages: Iterable[str], now: datetime
) -> Iterator[tuple[MessageKind, str, LetterFacts]]:
    kinds = [MessageKind.INVITATION] + [MessageKind.REMINDER] * (definition.reminder_after is not None)
    for kind in kinds:
        for tag in languages:
            facts = sample_facts(definition, shop, kind, tag, now)
            for occasion, changes in OCCASIONS.items():
                yield kind, occasion, replace(facts, **changes)
