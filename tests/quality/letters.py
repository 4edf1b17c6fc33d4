"""Every letter there is: each template, kind and scale in each language, as MJML, as HTML and as signed bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from unittest.mock import patch

from campaigns.catalog.campaign_file import TEMPLATES, read_definition
from campaigns.catalog.scale import ScaleName
from campaigns.composition import compose as composing
from campaigns.composition import render, thanks
from campaigns.composition.compose import compose, compose_sign_in
from campaigns.composition.letter import Letter, LetterFacts
from campaigns.composition.render import Compiled
from campaigns.composition.samples import HOUSE_LOOK, PEOPLE, STATES, USUAL, Scene, Shop, State
from campaigns.composition.thanks import ThanksFacts, compose_thanks
from campaigns.enrollment.states import MessageKind
from campaigns.languages import speak
from campaigns.merchants.look import Font, Look, Tone
from campaigns.tags import SOURCE, available
from tests.composition.cast import LINKS, staff
from tests.composition.test_dkim import parted, signed

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
OWN_LOOK = Look(
    logo_url="https://shop.example/logo.png", accent="#ffee00", second="#7a1f3d", font=Font.SERIF, tone=Tone.WARM
)
BOTH_WAYS = (SOURCE, "ar")
MARKS, LONGEST = ScaleName.CSAT5, ScaleName.NPS11  # faces over words in one row, and numbers in two

WRITTEN: dict[str, Letter] = {}  # once for all tests


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """One letter, by what it differs in."""

    template: str
    kind: MessageKind | None = None  # None where there is only one of the template
    scale: ScaleName | None = None
    tag: str = SOURCE
    state: State = USUAL
    look: Look = HOUSE_LOOK

    def __str__(self) -> str:
        state = "" if self.state is USUAL else self.state.name
        look = "" if self.look == HOUSE_LOOK else "own look"
        return ", ".join(filter(None, (self.name, self.scale, self.tag, state, look)))

    @property
    def name(self) -> str:
        return f"{self.template}/{self.kind}" if self.kind else self.template

    def letter(self) -> Letter:
        if str(self) not in WRITTEN:
            WRITTEN[str(self)] = self._write()
        return WRITTEN[str(self)]

    def _write(self) -> Letter:
        if self.template == "sign_in":
            return compose_sign_in(staff(now=NOW), LINKS)
        if self.template == "thanks":
            return compose_thanks(self._thanks(), LINKS)
        return compose(self._facts(), LINKS)

    def mjml(self) -> str:
        """Return the MJML with this letter's own words in it, as a person would have written it for one customer."""
        with patch.object(composing, "compiled", _uncompiled), patch.object(thanks, "compiled", _uncompiled):
            return self._write().html

    def signed(self) -> bytes:
        return signed(*parted(self.letter().data))

    def _facts(self) -> LetterFacts:
        assert self.kind
        definition = read_definition({"name": "After delivery", "scale": self.scale, "template": self.template})
        shop = Shop(look=self.look, postal_address="Harbour Mugs Ltd\n1 Quay Street\nGalway, Ireland")
        return Scene(definition=definition, shop=shop, now=NOW).facts(self.kind, self.tag, self.state)

    def _thanks(self) -> ThanksFacts:
        first_name, last_name = PEOPLE.get(self.tag, PEOPLE[SOURCE])
        return ThanksFacts(
            incentive_id=3,
            message_id=1,
            merchant_id=1,
            merchant_name="Harbour Mugs",
            from_address="hello@harbour.example",
            reply_to="care@harbour.example",
            postal_address="1 Quay Street\nGalway, Ireland",
            look=self.look,
            to_address="ana@example.com",
            first_name=first_name,
            last_name=last_name,
            locale=self.tag,
            order_id="1001",
            text="Ten percent off your next order",
            conditions="For one order of at least 20 euros.",
            code="HARBOUR-7QX2",
            until=date(2027, 1, 31),
            enrolled_at=NOW - timedelta(days=4),
            now=NOW,
        )


@cache
def _uncompiled(mail: str, tag: str) -> Compiled:
    """Return a mail whose HTML is its MJML still, put together for a language."""
    ready = render.compiled(mail, tag)
    mjml = render.MARKER.sub("", render._assemble(f"{mail}/body.mjml", speak(tag)))
    return replace(ready, html=render._html.from_string(mjml))


def every() -> Iterator[Specimen]:
    """Yield each letter in each language, and in two of them for each buyer, and for a shop with a look of its own."""
    yield from sample(available(), tuple(ScaleName))
    for template, state, tag in product(TEMPLATES, STATES, BOTH_WAYS):
        yield Specimen(template=template, kind=MessageKind.INVITATION, scale=MARKS, tag=tag, state=state)
    yield from sample(BOTH_WAYS, look=OWN_LOOK)


def sample(
    tags: Sequence[str] = BOTH_WAYS, scales: Sequence[ScaleName] = (MARKS, LONGEST), look: Look = HOUSE_LOOK
) -> Iterator[Specimen]:
    """Yield each mail in some languages, with some scales."""
    yield Specimen(template="sign_in")
    for tag in tags:
        yield Specimen(template="thanks", tag=tag, look=look)
        for template, kind, scale in product(TEMPLATES, MessageKind, scales):
            yield Specimen(template=template, kind=kind, scale=scale, tag=tag, look=look)
