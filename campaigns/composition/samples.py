"""Everything a letter may have to say and may lack: the buyers on which a template is tried and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from campaigns.catalog.definition import Definition
from campaigns.catalog.own_template import OwnTemplate
from campaigns.composition.letter import LetterFacts
from campaigns.enrollment.states import MessageKind
from campaigns.merchants.look import Look

HOUSE_LOOK = Look()

PICTURE = "https://shop.example/mug.jpg"
PEOPLE = {"en": ("Ana", "Ruiz"), "de": ("Jürgen", "Groß"), "ar": ("ليلى", "حداد")}
MUG = {"name": "Harbour mug, sea green", "image_url": PICTURE}
MORE = ({"name": "Teapot", "image_url": ""}, {"name": "Tea towel", "image_url": ""})
LONG_NAME = "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff & “Söhne”"
LONG_THING = "Stoneware mug with <hand-painted> rim & “Galway Bay” motif, 350 ml, dishwasher safe, set of twelve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Whom a letter speaks for; a merchant's own values, or this example's."""

    merchant_id: int = 1
    name: str = "Harbour Mugs"
    from_address: str = "hello@harbour.example"
    reply_to: str = "care@harbour.example"
    postal_address: str = "1 Quay Street, Galway, Ireland"
    look: Look = HOUSE_LOOK
    timezone: str = "Europe/Dublin"
    own: OwnTemplate | None = None  # the template of its own that the letter is written with


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known of a buyer; None where the name is one of the language."""

    name: str
    title: str
    first_name: str | None = None
    items: tuple[Mapping[str, Any], ...] = (MUG,)
    total: Decimal | None = Decimal("49.90")


STATES = (
    State(name="several", title="Name, picture, several things", items=(MUG, *MORE)),
    State(name="one", title="Name, picture, one thing"),
    State(name="no-picture", title="Name, no picture", items=MORE[:1]),
    State(name="no-name", title="No name", first_name=""),
    State(
        name="long",
        title="Long names",
        first_name=LONG_NAME,
        items=({"name": LONG_THING, "image_url": PICTURE}, *MORE * 20),
        total=Decimal("1234567.89"),
    ),
    State(name="nothing", title="Neither name nor things", first_name="", items=(), total=None),
)
USUAL = STATES[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A letter to be shown: of which campaign, from which shop, and when."""

    definition: Definition
    shop: Shop
    now: datetime

    def worded(self, variant: str = "") -> "Scene":
        """Return this scene with the words of one variant in every letter; without, with the campaign's own."""
        chosen = tuple(replace(each, share=1.0) for each in self.definition.variants if each.name == variant)
        return replace(self, definition=replace(self.definition, variants=chosen))

    def facts(self, kind: MessageKind, tag: str, state: State = USUAL) -> LetterFacts:
        """Return what a letter to a sample buyer is written from."""
        shop, definition = self.shop, self.definition
        first_name, last_name = PEOPLE.get(tag, PEOPLE["en"])
        return LetterFacts(
            message_id=2 if kind is MessageKind.REMINDER else 1,
            enrollment_id=1,
            kind=kind,
            merchant_id=shop.merchant_id,
            campaign_id=1,
            version_id=1,
            definition=definition,
            merchant_name=shop.name,
            from_address=shop.from_address,
            reply_to=shop.reply_to,
            postal_address=shop.postal_address,
            look=shop.look,
            to_address="ana@example.com",
            first_name=first_name if state.first_name is None else state.first_name,
            last_name=last_name,
            locale=tag,
            timezone=shop.timezone,
            order_id="1001",
            items=state.items,
            total=state.total,
            currency="EUR",
            purchased_at=self.now - definition.delay if state.items else None,
            closes_at=self.now + max(definition.closes_after, timedelta(days=1)),
            invitation_id=1 if kind is MessageKind.REMINDER else None,
            now=self.now,
            own=shop.own,
        )
