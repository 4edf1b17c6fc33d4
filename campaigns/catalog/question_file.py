"""Reads the questions of a campaign file: their words, their options and when they are shown."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from babel import Locale, UnknownLocaleError

from campaigns.catalog.condition import Condition, parse_condition
from campaigns.catalog.scale import SCALES, Scale, ScaleName
from campaigns.catalog.survey import Option, Question, QuestionKind, Texts
from campaigns.errors import InvalidCampaign

MOST_QUESTIONS = 10
MOST_OPTIONS = 20
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED = {"score", "nonce", "level", "and", "or"}
QUESTION_KEYS = {"key", "kind", "when", "text", "options", "scale", "tag"}
Fail = Callable[[str, str, str], InvalidCampaign]  # key, what was found, what is allowed


def read_questions(value: object, fail: Fail) -> tuple[Question, ...]:
    if not isinstance(value, list) or len(value) > MOST_QUESTIONS:
        raise fail("question", "is no list of questions", f"write up to {MOST_QUESTIONS} [[question]] tables")
    questions: list[Question] = []
    for number, table in enumerate(value, start=1):
        earlier = {question.key: question for question in questions}
        questions.append(_QuestionReader(table, f"question {number}", earlier, fail).question())
    return tuple(questions)


class _QuestionReader:
    def __init__(self, table: object, where: str, earlier: Mapping[str, Question], fail: Fail) -> None:
        if not isinstance(table, dict):
            raise fail(where, f"is {table!r}", "it is a [[question]] table")
        self._table: dict[str, Any] = table
        self._where = where
        self._earlier = earlier
        self._raise = fail

    def question(self) -> Question:
        for name in self._table:
            if name not in QUESTION_KEYS:
                raise self._fail(name, "is not a key of a question", f"the keys are {', '.join(sorted(QUESTION_KEYS))}")
        kind = self._word("kind", QuestionKind)
        return Question(
            key=self._key(),
            kind=kind,
            text=read_texts(self._table.get("text"), f"{self._where}, text", self._raise),
            options=self._options(kind),
            scale=self._scale(kind),
            when=self._when(),
            when_text=self._table.get("when", ""),
            tag=self._tag(),
        )

    def _fail(self, name: str, found: str, allowed: str) -> InvalidCampaign:
        return self._raise(f"{self._where}, {name}", found, allowed)

    def _word(self, name: str, words: type[StrEnum]) -> Any:
        value = self._table.get(name)
        try:
            return words(value)  # type: ignore[arg-type]  # None is refused like any other wrong word
        except ValueError:
            raise self._fail(name, f"is {value!r}", f"it is one of {', '.join(words)}") from None

    def _key(self) -> str:
        key = self._table.get("key")
        if not isinstance(key, str) or not KEY.fullmatch(key) or key in RESERVED:
            raise self._fail("key", f"is {key!r}", "it is a word of small letters, digits and _, and not score")
        if key in self._earlier:
            raise self._fail("key", f"is {key!r} a second time", "every question has a key of its own")
        return key

    def _options(self, kind: QuestionKind) -> tuple[Option, ...]:
        value = self._table.get("options")
        if kind not in {QuestionKind.CHOICE, QuestionKind.CHOICES}:
            if value is not None:
                raise self._fail("options", f"stand at a question of kind {kind}", "only choice and choices have them")
            return ()
        if not isinstance(value, list) or not 2 <= len(value) <= MOST_OPTIONS:
            raise self._fail("options", "are missing or too many", f"give 2 to {MOST_OPTIONS}, each a key and a text")
        options = tuple(self._option(number, each) for number, each in enumerate(value, start=1))
        if len({option.key for option in options}) < len(options):
            raise self._fail("options", "have a key twice", "every option has a key of its own")
        return options

    def _option(self, number: int, value: object) -> Option:
        name = f"option {number}"
        if not isinstance(value, dict) or set(value) != {"key", "text"}:
            raise self._fail(name, f"is {value!r}", 'it is { key = "late", text.en = "It came late" }')
        if not isinstance(value["key"], str) or not KEY.fullmatch(value["key"]):
            raise self._fail(f"{name}, key", f"is {value['key']!r}", "it is a word of small letters, digits and _")
        return Option(key=value["key"], text=read_texts(value["text"], f"{self._where}, {name}, text", self._raise))

    def _scale(self, kind: QuestionKind) -> Scale | None:
        if kind is QuestionKind.SCALE:
            return SCALES[self._word("scale", ScaleName)]
        if "scale" in self._table:
            raise self._fail("scale", f"stands at a question of kind {kind}", "only kind scale has one")
        return None

    def _tag(self) -> str:
        tag = self._table.get("tag", "")
        if not isinstance(tag, str) or (tag and not KEY.fullmatch(tag)):
            raise self._fail("tag", f"is {tag!r}", 'it is a word of small letters, digits and _, like "reliability"')
        return tag

    def _when(self) -> Condition | None:
        text = self._table.get("when", "")
        if not isinstance(text, str):
            raise self._fail("when", f"is {text!r}", 'it is a condition like "score <= 3"')
        if not text:
            return None
        try:
            condition = parse_condition(text)
        except ValueError as error:
            raise self._fail("when", f"cannot be read: {error}", "see the grammar in docs/campaigns.md") from None
        for name in condition.names - {"score", *self._earlier}:
            raise self._fail("when", f"asks for {name!r}", "it may ask for score and for earlier questions")
        return condition


def read_texts(value: object, key: str, error: Callable[[str, str, str], InvalidCampaign]) -> Texts:
    """Read words in several languages, like text.en and text.de."""
    if not isinstance(value, dict):
        raise error(key, f"is {value!r}", f'it is given by language, like {key}.en = "…"')
    for language, text in value.items():
        try:
            Locale.parse(language, sep="-")
        except (ValueError, UnknownLocaleError, TypeError):
            raise error(f"{key}.{language}", "is no language", "it is a tag like en, de or pt-BR") from None
        if not isinstance(text, str) or not text.strip() or "\n" in text or len(text) > 500:
            raise error(f"{key}.{language}", f"is {text!r}", "it is one line of at most 500 characters")
    return value
