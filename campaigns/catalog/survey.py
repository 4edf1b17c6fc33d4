"""A survey is a rating and a few questions; answers are read against it, never trusted as sent."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from campaigns.catalog.condition import Answer, Condition
from campaigns.catalog.scale import Scale

LONGEST_TEXT = 4000  # characters of one free answer; the rest is cut off, not refused
Texts = Mapping[str, str]  # language tag → words


class QuestionKind(StrEnum):
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    key: str
    text: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    key: str
    kind: QuestionKind
    text: Texts
    options: tuple[Option, ...] = ()
    scale: Scale | None = None  # for kind "scale"
    when: Condition | None = None
    when_text: str = ""  # as written, for a page script that shows and hides
    tag: str = ""  # what it measures, for reports: a dimension of SERVQUAL, or a word of the merchant's


@dataclass(frozen=True, slots=True)
class Survey:
    scale: Scale
    questions: tuple[Question, ...] = ()

    def shown(self, answers: Mapping[str, Answer]) -> tuple[Question, ...]:
        """Return the questions whose condition holds, given the answers so far (with "score")."""
        return tuple(each for each in self.questions if each.when is None or each.when.holds(answers))

    def read(self, score: int, sent: Callable[[str], list[str]]) -> dict[str, Answer]:
        """Return the answers among what a form sent, by question key, "score" not included.

        `sent(key)` gives every value sent under a key. A value that is no option, an answer to a
        question that this score does not show, or an empty one, is left out.
        """
        answers: dict[str, Answer] = {"score": score}
        for question in self.questions:
            if question.when is not None and not question.when.holds(answers):
                continue
            answer = _read(question, sent(question.key))
            if answer is not None:
                answers[question.key] = answer
        del answers["score"]
        return answers


def _read(question: Question, values: list[str]) -> Answer | None:
    options = [option.key for option in question.options]
    if question.kind is QuestionKind.CHOICES:
        return [key for key in options if key in values] or None
    value = values[0] if values else ""
    if question.kind is QuestionKind.CHOICE:
        return value if value in options else None
    if question.kind is QuestionKind.SCALE:
        return _read_score(question.scale, value)
    return clean_text(value) or None


def _read_score(scale: Scale | None, value: str) -> int | None:
    if scale is None or not value.isascii() or not value.isdigit() or len(value) > 2:
        return None
    return int(value) if scale.holds(int(value)) else None


def clean_text(text: str) -> str:
    """Return what a person wrote, without control and direction-override characters, cut to length."""
    if text.isascii() and text.isprintable():
        return text.strip()[:LONGEST_TEXT]
    kept = (c for c in text[: LONGEST_TEXT * 2].replace("\r\n", "\n") if c in "\n\t" or _is_writing(c))
    return "".join(kept).strip()[:LONGEST_TEXT]


def _is_writing(character: str) -> bool:
    # Cf also holds joiners that emoji, Persian and Hindi need; only the direction overrides go.
    return unicodedata.category(character) not in {"Cc", "Cs", "Co", "Cn"} and character not in _BIDI_CONTROLS


_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def say(texts: Texts, locale: str, default: str = "en") -> tuple[str, str]:
    """Return the words in a language and the tag they are in: the locale, its language, or what there is."""
    language = locale.replace("_", "-").split("-")[0]
    for tag in (locale.replace("_", "-"), language, default):
        if tag in texts:
            return texts[tag], tag
    tag = next(iter(texts))
    return texts[tag], tag
