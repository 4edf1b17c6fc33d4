"""Every letter a campaign will send is written as a proof: each kind, each language, each odd customer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from campaigns.catalog.definition import Definition
from campaigns.composition.compose import compose
from campaigns.composition.preflight.finding import Draft, Finding, Proof, Severity
from campaigns.composition.preflight.page import Page
from campaigns.composition.preview import NOBODYS_KEY, Shop
from campaigns.composition.samples import Scene
from campaigns.enrollment.states import MessageKind
from campaigns.errors import RenderingError
from campaigns.links import Links
from campaigns.tokens import Tokens

LONG = "Hand-thrown stoneware breakfast cup with a matte sea-green glaze, a large handle and room for half a litre"
TO_NOBODY = "to nobody by name"
OCCASIONS: Mapping[str, Mapping[str, Any]] = {
    "": {},
    TO_NOBODY: {"first_name": "", "last_name": ""},
    "of an order without a product": {"items": (), "total": None, "purchased_at": None},
    "of a long product without a picture": {"items": ({"name": LONG, "image_url": ""},) * 12},
}
Written = tuple[tuple[Proof, ...], tuple[Finding, ...]]


def write_proofs(definition: Definition, shop: Shop, base_url: str, languages: Sequence[str], now: datetime) -> Written:
    """Return the letters, and a finding for each that cannot be written; their links open nobody's letter."""
    links = Links(base_url, Tokens((NOBODYS_KEY,)))
    proofs: list[Proof] = []
    failures: list[Finding] = []
    for draft in _drafts(definition, languages):
        scene = Scene(definition=definition, shop=shop, now=now).worded(draft.variant)
        facts = replace(scene.facts(draft.kind, draft.tag), **OCCASIONS[draft.occasion])
        try:
            letter = compose(facts, links)
        except RenderingError as error:
            fix = "Mend the template, or what it is given."
            failures.append(Finding("letter", Severity.ERROR, draft.where, str(error), fix))
            continue
        proofs.append(Proof(letter=letter, page=Page(letter.html), **asdict(draft)))
    return tuple(proofs), tuple(failures)


def _drafts(definition: Definition, languages: Sequence[str]) -> Iterator[Draft]:
    """Yield the campaign's own words on every occasion, and those of each variant where names may leave a hole."""
    kinds = [MessageKind.INVITATION] + [MessageKind.REMINDER] * (definition.reminder_after is not None)
    for kind in kinds:
        for tag in languages:
            yield from (Draft(kind=kind, tag=tag, occasion=occasion) for occasion in OCCASIONS)
            worded = [each.name for each in definition.variants if tag in each.subject or tag in each.preheader]
            for name in worded:
                yield from (Draft(kind=kind, tag=tag, occasion=occasion, variant=name) for occasion in ("", TO_NOBODY))
