"""Letters of a wanted size: `padded` is the one place that knows how a template is made wider."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from campaigns.catalog import campaign_file
from campaigns.composition import render
from campaigns.composition.compose import compose
from campaigns.composition.samples import Scene, Shop
from campaigns.enrollment.states import MessageKind
from campaigns.links import Links
from campaigns.tokens import Tokens
from tests.factories import CAMPAIGN, NOW

SIZES = {"20 KB": 20_000, "45 KB": 45_000}
BLOCK = """<mj-section padding="8px 16px"><mj-column><mj-text font-size="13px" line-height="20px" color="#5c646c">
A mug that is held every morning is worth a moment of thought: how it sits in the hand, how it keeps the warmth,
whether the glaze has the blue of the sea or only of its picture.</mj-text></mj-column></mj-section>
"""
SOME = 20
TEMPLATE = "wide"
HOUSES = campaign_file.TEMPLATES
WIDER = """[% extends "classic/invitation/body.mjml" %]
[% block letter %][[ super() ]]{}[% endblock %]
"""


def padded(size: int, folder: Path) -> None:
    """Let this process write letters of about so many bytes for campaigns of TEMPLATE, by what all of them share.

    The template lies in `folder`, beside the house's own; a campaign file may not name it outside a bench.
    """
    render.look_also_in(folder)
    _widen(folder, TEMPLATE, blocks_for(size, lambda count: _size(_widen(folder, f"{TEMPLATE}-{count}", count))))
    allow()


def blocks_for(size: int, size_of: Callable[[int], int]) -> int:
    """Return how many blocks make a letter of that size, if each adds as much as any other."""
    plain, wide = size_of(0), size_of(SOME)
    return max(0, round((size - plain) * SOME / (wide - plain)))


def allow() -> None:
    """Let this process read campaigns of TEMPLATE."""
    vars(campaign_file)["TEMPLATES"] = (*HOUSES, TEMPLATE)


def _widen(folder: Path, template: str, count: int) -> str:
    mail = folder / template / "invitation"
    shutil.copytree(render.ROOT / "classic" / "invitation", mail, dirs_exist_ok=True)
    (mail / "body.mjml").write_text(WIDER.format(BLOCK * count))
    return template


def _size(template: str) -> int:
    definition = replace(campaign_file.read_definition(CAMPAIGN), template=template)
    facts = Scene(definition=definition, shop=Shop(), now=NOW).facts(MessageKind.INVITATION, "en")
    return len(compose(facts, Links("https://ask.harbour.example", Tokens(("k" * 40,)))).data)
