"""A sheet is a survey laid out for one visitor: what they chose, what they typed, what they are asked."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from campaigns.catalog.condition import Answer, Condition
from campaigns.catalog.scale import Scale
from campaigns.catalog.survey import Question, QuestionKind, Survey, say

UNFINISHED = "-unfinished"  # stands among answers of which nobody has pressed the button; no question's key begins so
Sent = Callable[[str], list[str]]  # every value a form sent under a key


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    key: str
    text: str
    lang: str  # "" where it is the page's own
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question as it stands on the page."""

    key: str
    kind: QuestionKind
    text: str
    lang: str
    choices: tuple[Choice, ...]
    scale: Scale | None
    value: str
    is_answered: bool
    is_shown: bool
    when: str  # the condition as JSON, for the page's script; "" where there is none
    scores: str  # the scores that show it, for a page without a script; "" where more than the score decides


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    scale: Scale
    score: int | None
    items: tuple[Item, ...]

    @property
    def asks_more(self) -> bool:
        """Whether there are questions for this score and none of them was answered."""
        shown = [item for item in self.items if item.is_shown]
        return bool(shown) and not any(item.is_answered for item in shown)

    @property
    def answered(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.is_shown and item.is_answered)

    @property
    def shows(self) -> str:
        """The keys of all questions that this page can show without a script."""
        return " ".join(item.key for item in self.items if item.is_shown or item.scores)

    @property
    def steps(self) -> tuple[int, int]:
        """How many of how many questions are answered, the rating among them."""
        shown = [item for item in self.items if item.is_shown]
        return sum(item.is_answered for item in shown) + (self.score is not None), len(shown) + 1


def lay_out(survey: Survey, locale: str, score: int | None, answers: Mapping[str, Answer]) -> Sheet:
    """Lay out a survey in a language, with what was answered so far filled in."""
    facts: dict[str, Answer] = {**answers} if score is None else {**answers, "score": score}
    shown = {question.key for question in survey.shown(facts)}
    items = tuple(
        _item(each, survey.scale, locale, answers.get(each.key), each.key in shown) for each in survey.questions
    )
    return Sheet(scale=survey.scale, score=score, items=items)


def read_again(survey: Survey, score: int, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the answers that still belong to a score: who changes it is asked other questions."""
    return survey.read(score, lambda key: _as_sent(answers.get(key)))


def unfinished(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Mark answers as kept by the page on the way, before the button was pressed."""
    return {**answers, UNFINISHED: 1}


def is_finished(answers: Mapping[str, Answer] | None) -> bool:
    """Whether somebody pressed the button and had answered more than the rating."""
    return bool(answers) and UNFINISHED not in (answers or {})


def without_texts(survey: Survey, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return what was chosen, without anything that was written."""
    texts = {question.key for question in survey.questions if question.kind is QuestionKind.TEXT}
    return {key: answer for key, answer in answers.items() if key not in texts}


def revealed(survey: Survey, score: int, answers: Mapping[str, Answer], asked: Collection[str]) -> list[str]:
    """Return the questions that answers brought up and that a page without a script could not have shown."""
    shown = [question.key for question in survey.shown({**answers, "score": score})]
    return [key for key in shown if key not in asked and key not in answers]


def typed(survey: Survey, sent: Sent) -> dict[str, Answer]:
    """Return everything a form holds, asked for or not, so that a form shown again loses nothing."""
    every = Survey(survey.scale, tuple(replace(question, when=None) for question in survey.questions))
    return every.read(survey.scale.lowest, sent)


def _as_sent(answer: Answer | None) -> list[str]:
    if isinstance(answer, list):
        return answer
    return [] if answer is None else [str(answer)]


def _item(question: Question, scale: Scale, locale: str, answer: Answer | None, is_shown: bool) -> Item:
    chosen = _as_sent(answer)
    text, lang = _say(question.text, locale)
    choices = []
    for option in question.options:
        words, tag = _say(option.text, locale)
        choices.append(Choice(key=option.key, text=words, lang=tag, is_chosen=option.key in chosen))
    return Item(
        key=question.key,
        kind=question.kind,
        text=text,
        lang=lang,
        choices=tuple(choices),
        scale=question.scale,
        value=chosen[0] if chosen else "",
        is_answered=bool(chosen),
        is_shown=is_shown,
        when=_when(question.when),
        scores=_scores(question.when, scale),
    )


def _say(texts: Mapping[str, str], locale: str) -> tuple[str, str]:
    text, tag = say(texts, locale)
    return text, "" if tag == locale else tag


def _when(condition: Condition | None) -> str:
    if condition is None:
        return ""
    groups = [[[clause.name, clause.operator, clause.value] for clause in group] for group in condition.groups]
    return json.dumps(groups, separators=(",", ":"))


def _scores(condition: Condition | None, scale: Scale) -> str:
    if condition is None or condition.names != {"score"}:
        return ""
    return " ".join(str(score) for score in scale.scores if condition.holds({"score": score})) or "none"
