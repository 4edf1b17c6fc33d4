"""What a campaign's letters will look like, in every language, before anybody gets one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from campaigns.catalog.definition import Definition
from campaigns.composition.compose import compose
from campaigns.composition.letter import Letter, LetterFacts
from campaigns.enrollment.states import MessageKind
from campaigns.languages import available
from campaigns.links import Links
from campaigns.merchants.look import Look
from campaigns.tokens import Tokens

HOUSE_LOOK = Look()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Whom a preview speaks for; a merchant's own values, or this example's."""

    name: str = "Harbour Mugs"
    from_address: str = "hello@harbour.example"
    reply_to: str = "care@harbour.example"
    postal_address: str = "1 Quay Street, Galway, Ireland"
    look: Look = HOUSE_LOOK
    timezone: str = "Europe/Dublin"


NOBODYS_KEY = "the key of previews, which no installation ever signs with"
PEOPLE = {"en": ("Ana", "Ruiz"), "de": ("Jürgen", "Groß"), "ar": ("ليلى", "حداد")}
ITEMS = (
    {"name": "Harbour mug, sea green", "image_url": "https://shop.example/mug.jpg"},
    {"name": "Teapot", "image_url": ""},
    {"name": "Tea towel", "image_url": ""},
)


def write_previews(definition: Definition, shop: Shop, out: Path, links: Links, now: datetime) -> list[Path]:
    """Write html, txt and eml of both letters in each language; returns the files. Raises RenderingError."""
    out.mkdir(parents=True, exist_ok=True)
    links = Links(links.base_url, Tokens((NOBODYS_KEY,)))  # a preview's links must open nobody's letter
    written: list[Path] = []
    for name, variety in _varieties(definition):
        for tag in available():
            for kind in MessageKind:
                letter = compose(sample_facts(variety, shop, kind, tag, now), links)
                written += _write(letter, out / f"{kind}.{tag}{name}")
    return written


def _varieties(definition: Definition) -> Iterator[tuple[str, Definition]]:
    """Tell a campaign's own words and each of its variants apart, by what their files' names end with."""
    yield "", replace(definition, variants=())
    for variant in definition.variants:
        yield f".{variant.name}", replace(definition, variants=(replace(variant, share=1.0),))


def _write(letter: Letter, stem: Path) -> list[Path]:
    contents = {"html": letter.html.encode(), "txt": letter.text.encode(), "eml": letter.data}
    files = [stem.with_name(f"{stem.name}.{ending}") for ending in contents]
    for file, content in zip(files, contents.values(), strict=True):
        file.write_bytes(content)
    return files


def sample_facts(definition: Definition, shop: Shop, kind: MessageKind, tag: str, now: datetime) -> LetterFacts:
    first_name, last_name = PEOPLE.get(tag, PEOPLE["en"])
    return LetterFacts(
        message_id=2 if kind is MessageKind.REMINDER else 1,
        enrollment_id=1,
        kind=kind,
        merchant_id=1,
        campaign_id=1,
        version_id=1,
        definition=definition,
        merchant_name=shop.name,
        from_address=shop.from_address,
        reply_to=shop.reply_to,
        postal_address=shop.postal_address,
        look=shop.look,
        to_address="ana@example.com",
        first_name=first_name,
        last_name=last_name,
        locale=tag,
        timezone=shop.timezone,
        order_id="1001",
        items=ITEMS,
        total=Decimal("49.90"),
        currency="EUR",
        purchased_at=now - definition.delay,
        closes_at=now + max(definition.closes_after, timedelta(days=1)),
        invitation_id=1 if kind is MessageKind.REMINDER else None,
        now=now,
    )
