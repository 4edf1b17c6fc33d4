"""A question that pushes, asks two things at once or denies twice is named by its words, with a way to mend it.

What is found are habits of wording that survey research knows to bend answers, as patterns of four
languages; it is advice, and it is wrong now and then. In other languages only what needs no words is
found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.catalog.wording_habits import HABITS, Flaw, Habits

SENTENCES = re.compile(r"(?<=[.?!])\s+")
MENDS = {
    Flaw.LEADING: "Ask how it was without naming an answer: “How would you rate the delivery?”",
    Flaw.DOUBLE: "Ask one thing in one question, and the other in a question of its own, or leave it out.",
    Flaw.LOADED: "Use a plain word, or leave it out; instead of always and never ask how often.",
    Flaw.OBVIOUS: "Nearly everybody says yes to this. Ask for a rating, or name both sides: “agree or disagree”.",
    Flaw.NEGATED: "Say it without a negation: people lose count of two.",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing amiss in a question."""

    flaw: Flaw
    words: str  # as they stand in the question
    mend: str


def look_over(question: str, language: str = "en") -> tuple[Remark, ...]:
    """Return what is amiss in a question's wording, one remark for each kind of flaw."""
    text = question.replace("’", "'").strip()
    habits = HABITS.get(language.replace("_", "-").split("-")[0].lower())
    found: dict[Flaw, str] = {}
    for flaw, words in _found(text, habits):
        found.setdefault(flaw, words)
    return tuple(Remark(flaw, words, MENDS[flaw]) for flaw, words in found.items())


def _found(text: str, habits: Habits | None) -> Iterator[tuple[Flaw, str]]:
    if len(re.findall(r"[?？؟]", text)) > 1:
        yield Flaw.DOUBLE, text
    if habits is None:
        return
    for flaw, pattern in habits.patterns:
        if match := pattern.search(text):
            yield flaw, match.group().strip(" ,")
    for sentence in SENTENCES.split(text):
        if len(denials := habits.negation.findall(sentence)) > 1:
            yield Flaw.NEGATED, ", ".join(denials)
