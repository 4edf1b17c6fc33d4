"""When a question is shown: a tiny grammar that can compare, and can do nothing else.

    condition  =  clause { ("and" | "or") clause }      "and" binds tighter; no parentheses
    clause     =  name operator value
    name       =  "score", or the key of an earlier question
    operator   =  "<=" | "<" | ">=" | ">" | "==" | "!="
    value      =  a whole number, or a word in single or double quotes

An answer that is not there makes its clause false. For a question with several choices "=="
asks whether the word is among those chosen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

Answer = int | str | list[str]
LONGEST = 200
_TOKEN = re.compile(
    r"\s*(?:(?P<op><=|>=|==|!=|<|>)|(?P<number>-?\d{1,9})\b|(?P<quoted>'[^']*'|\"[^\"]*\")|(?P<word>[a-z][a-z0-9_]*))"
)


@dataclass(frozen=True, slots=True)
class Clause:
    name: str
    operator: str
    value: int | str

    def holds(self, answers: Mapping[str, Answer]) -> bool:
        answer = answers.get(self.name)
        if answer is None:
            return False
        if isinstance(answer, list):
            return (self.value in answer) == (self.operator == "==")
        if self.operator == "==":
            return answer == self.value
        if self.operator == "!=":
            return answer != self.value
        return _compare(answer, self.operator, self.value)


@dataclass(frozen=True, slots=True)
class Condition:
    """Clauses that must all hold, in groups of which one must."""

    groups: tuple[tuple[Clause, ...], ...]

    def holds(self, answers: Mapping[str, Answer]) -> bool:
        return any(all(clause.holds(answers) for clause in group) for group in self.groups)

    @property
    def names(self) -> set[str]:
        return {clause.name for group in self.groups for clause in group}


def parse_condition(text: str) -> Condition:
    """Read a condition; raises ValueError that says what was found and what is allowed."""
    if len(text) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST} characters")
    tokens = _tokens(text)
    groups: list[list[Clause]] = [[]]
    while True:
        if len(tokens) < 3:
            raise ValueError("a comparison is a name, an operator and a value, like score <= 3")
        groups[-1].append(_clause(tokens[:3]))
        tokens = tokens[3:]
        if not tokens:
            return Condition(tuple(tuple(group) for group in groups))
        joint, tokens = tokens[0], tokens[1:]
        if joint == ("word", "or"):
            groups.append([])
        elif joint != ("word", "and"):
            raise ValueError(f"found {joint[1]!r} where only 'and' or 'or' can stand")


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise ValueError(f"found {text[at:].strip()[:20]!r}, which is no name, operator, number or quoted word")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tokens


def _clause(tokens: list[tuple[str, str]]) -> Clause:
    (name_is, name), (operator_is, operator), (value_is, value) = tokens
    if name_is != "word":
        raise ValueError(f"found {name!r} where the name of an answer should stand, like score")
    if operator_is != "op":
        raise ValueError(f"found {operator!r} where one of <= < >= > == != should stand")
    if value_is == "number":
        return Clause(name, operator, int(value))
    if value_is != "quoted":
        raise ValueError(f"found {value!r} where a number or a quoted word should stand")
    if operator not in {"==", "!="}:
        raise ValueError(f"a word can be compared with == and != only, not with {operator}")
    return Clause(name, operator, value[1:-1])


def _compare(answer: int | str, operator: str, value: int | str) -> bool:
    if not isinstance(answer, int) or not isinstance(value, int):
        return False
    if operator == "<=":
        return answer <= value
    if operator == "<":
        return answer < value
    return answer >= value if operator == ">=" else answer > value
