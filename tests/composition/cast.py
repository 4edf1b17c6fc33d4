"""Ana's letter, with everything it is written from; keywords override."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

from campaigns.catalog.campaign_file import read_definition
from campaigns.catalog.scale import ScaleName
from campaigns.composition.letter import Letter, LetterFacts, SignInFacts
from campaigns.enrollment.states import MessageKind
from campaigns.links import Links
from campaigns.merchants.look import Look
from campaigns.tokens import Tokens
from tests.composition.page import Page

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LINKS = Links("https://ask.example", Tokens(("k" * 40,)))
MUG = {"id": "li_1", "name": "Harbour mug", "image_url": "https://shop.example/mug.jpg", "quantity": 1}
POT = {"id": "li_2", "name": "Teapot", "image_url": "", "quantity": 1}
LANGUAGES = ("en", "de", "ar")


def ana(kind: MessageKind = MessageKind.INVITATION, **values: Any) -> LetterFacts:
    campaign: dict[str, Any] = {
        "name": "After delivery",
        "scale": values.pop("scale", ScaleName.STARS5),
        **{key: values.pop(key) for key in ("subject", "preheader", "variant", "template") if key in values},
    }
    blank: dict[str, Any] = {
        "message_id": 43 if kind is MessageKind.REMINDER else 42,
        "enrollment_id": 21,
        "kind": kind,
        "merchant_id": 7,
        "campaign_id": 3,
        "version_id": 5,
        "definition": read_definition(campaign),
        "merchant_name": "Harbour Mugs",
        "from_address": "hello@harbour.example",
        "reply_to": "care@harbour.example",
        "postal_address": "1 Quay Street, Galway, Ireland",
        "look": Look(),
        "to_address": "ana@example.com",
        "first_name": "Ana",
        "last_name": "Ruiz",
        "locale": "en",
        "timezone": "Europe/Madrid",
        "order_id": "1001",
        "items": (MUG,),
        "total": Decimal("49.90"),
        "currency": "EUR",
        "purchased_at": NOW - timedelta(days=3),
        "closes_at": NOW + timedelta(days=21),
        "invitation_id": 42 if kind is MessageKind.REMINDER else None,
        "now": NOW,
    }
    return LetterFacts(**{**blank, **values})


def staff(**values: Any) -> SignInFacts:
    blank: dict[str, Any] = {
        "sign_in_id": 9,
        "merchant_name": "Harbour Mugs",
        "from_address": "hello@harbour.example",
        "to_address": "owner@harbour.example",
        "now": NOW,
    }
    return SignInFacts(**{**blank, **values})


def parse(letter: Letter) -> EmailMessage:
    message = email.message_from_bytes(letter.data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(letter: Letter, kind: str) -> str:
    part = parse(letter).get_body((kind,))
    assert isinstance(part, EmailMessage)
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def html_links(html: str) -> list[str]:
    return [link["href"] for link in Page(html).links()]


def wire_header(letter: Letter, name: str) -> list[str]:
    """Return the physical lines of a header as they go over the wire, without its name."""
    head = letter.data.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    found = [number for number, line in enumerate(head) if line.lower().startswith(f"{name.lower()}: ")]
    assert len(found) == 1, f"{name} stands {len(found)} times in the letter"
    start = found[0]
    lines = [head[start].partition(": ")[2]]
    for line in head[start + 1 :]:
        if not line.startswith((" ", "\t")):
            break
        lines.append(line)
    return lines
