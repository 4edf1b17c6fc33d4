"""The lines an inbox shows of a letter: every subject and preheader of a campaign and of its variants."""

from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.catalog.definition import Definition
from campaigns.catalog.survey import Texts


@dataclass(frozen=True, slots=True)
class Line:
    where: str  # "subject.de", "variant b, preheader.en"
    part: str  # "subject" or "preheader"
    tag: str
    text: str


def lines(definition: Definition) -> Iterator[Line]:
    """Return them as they stand in the campaign file, not yet filled in."""
    yield from _lines("", definition.subject, definition.preheader)
    for variant in definition.variants:
        yield from _lines(f"variant {variant.name}, ", variant.subject, variant.preheader)


def _lines(of: str, subject: Texts, preheader: Texts) -> Iterator[Line]:
    for part, texts in (("subject", subject), ("preheader", preheader)):
        for tag, text in texts.items():
            yield Line(f"{of}{part}.{tag}", part, tag, text)
