"""A ready-made question is words to be translated and a shape; a campaign file names it and need not write it."""

from dataclasses import dataclass

from campaigns.catalog.scale import ScaleName
from campaigns.catalog.survey import QuestionKind


def N_(message: str) -> str:  # noqa: N802 - the name message extraction looks for
    """Mark a message for the catalogues; it is translated when a campaign file is read."""
    return message


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    text: str
    kind: QuestionKind = QuestionKind.SCALE
    scale: ScaleName | None = ScaleName.CSAT5  # for kind "scale"
    options: tuple[tuple[str, str], ...] = ()  # key and words
    tag: str = ""


def rate(text: str, tag: str = "") -> Ready:
    """Make a question for a rating from very bad to very good."""
    return Ready(text=text, tag=tag)


def ease(text: str) -> Ready:
    """Make a sentence to agree with, from strongly disagree to strongly agree."""
    return Ready(text=text, scale=ScaleName.CES7)


def choose(text: str, *options: tuple[str, str], several: bool = False) -> Ready:
    kind = QuestionKind.CHOICES if several else QuestionKind.CHOICE
    return Ready(text=text, kind=kind, scale=None, options=options)


def tell(text: str) -> Ready:
    """Make a question for free words."""
    return Ready(text=text, kind=QuestionKind.TEXT, scale=None)
