"""What a letter of each template costs to print, and how large it is."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace

from campaigns.catalog.campaign_file import read_definition
from campaigns.composition.letter import LetterFacts
from campaigns.composition.press import Press
from campaigns.composition.samples import Scene, Shop
from campaigns.enrollment.states import MessageKind
from campaigns.links import Links
from campaigns.merchants.look import Font, Look, Tone
from campaigns.tokens import Tokens
from tests.bench.figures import table
from tests.bench.letters import HOUSES
from tests.bench.options import Options
from tests.factories import CAMPAIGN, NOW

MANY = 2_000
LINKS = Links("https://ask.harbour.example", Tokens(("k" * 40,)))
LOOK = Look(
    logo_url="https://shop.example/logo.png",
    accent="#1f5f8b",
    second="#7a1f3d",
    font=Font.SERIF,
    tone=Tone.FORMAL,
    signature="Maria, Harbour Mugs",
)


def run(options: Options) -> Iterator[str]:
    press = Press(LINKS)
    facts = {(template, kind): _many(template, kind) for template in HOUSES for kind in MessageKind}
    for many in facts.values():  # the plate is cut outside of what is measured
        press.letter(many[0])
    costs: dict[tuple[str, MessageKind], list[float]] = {each: [] for each in facts}
    for _ in range(options.rounds):
        for each, many in facts.items():
            begin = time.process_time()
            for letter in many:
                press.letter(letter)
            costs[each].append((time.process_time() - begin) / MANY)
    yield f"a merchant with a whole look; n = {options.rounds} rounds of {MANY:,} letters, no two to the same person"
    rows = [
        (f"{template}, {kind}", f"{statistics.median(cost) * 1e6:.0f}", _size(press, facts[template, kind][0]))
        for (template, kind), cost in costs.items()
    ]
    yield table(("template", "CPU µs a letter", "bytes on the wire"), rows)


def _many(template: str, kind: MessageKind) -> list[LetterFacts]:
    definition = read_definition({**CAMPAIGN, "template": template})
    facts = Scene(definition=definition, shop=Shop(look=LOOK), now=NOW).facts(kind, "en")
    return [
        replace(facts, message_id=number, enrollment_id=number, first_name=f"Ana {number}", order_id=f"{number}")
        for number in range(1, MANY + 1)
    ]


def _size(press: Press, facts: LetterFacts) -> str:
    return f"{len(press.letter(facts).data):,}"
