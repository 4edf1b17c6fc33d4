"""A template that a stranger wrote may write out what it is given, and can do nothing else for long.

Three walls. What `grammar` does not know is refused before it ever runs. What runs goes through here:
each turn of a loop, each call and each word written is counted, and the processor's time is looked
at. And of what the template is given nothing can be called but the letter's own speech.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from types import FunctionType
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as JINJAS
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from campaigns.composition import grammar

MOST_STEPS = 20_000
A_FILE = MOST_STEPS // 200  # what including one costs; fewer than Python lets be inside one another
MOST_CHARACTERS = 1_000_000
MOST_SECONDS = 1.0  # of the processor, so that a busy machine is nobody's fault
LARGEST_NUMBER = 10**9
COUNTED = "counted"  # the filter that every loop goes through
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%")


class TooMuch(Exception):
    """A template wants more than any letter needs."""


class Budget:
    """What one rendering may use up."""

    def __init__(self) -> None:
        self._steps = MOST_STEPS
        self._characters = MOST_CHARACTERS
        self._until = time.thread_time() + MOST_SECONDS

    def step(self, steps: int = 1) -> None:
        self._steps -= steps
        if self._steps < 0 or time.thread_time() > self._until:
            raise TooMuch

    def write(self, characters: int) -> None:
        self._characters -= characters
        if self._characters < 0:
            raise TooMuch


_budget: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def limited() -> Iterator[None]:
    """Let templates of strangers run, but not for ever; raises TooMuch."""
    before = _budget.set(Budget())
    try:
        yield
    finally:
        _budget.reset(before)


def _step(steps: int = 1) -> None:
    if budget := _budget.get():
        budget.step(steps)


def _write(characters: int) -> None:
    if characters > MOST_CHARACTERS:
        raise TooMuch
    if budget := _budget.get():
        budget.write(characters)


def _counted(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        _step()
        yield item


def _concat(pieces: Iterable[str]) -> str:
    """Join what was written, as long as it is short enough to be joined."""
    kept = []
    for piece in pieces:
        _write(str.__len__(piece))
        kept.append(piece)
    return "".join(kept)


def _noted(value: Any) -> Any:
    """Let words and numbers be written; how Python shows anything else is nobody's letter."""
    _step()
    if value is not None and not isinstance(value, str | int | float | Undefined):
        raise SecurityError
    return value


def _measured(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a filter so that what it makes of a text counts as written."""

    @wraps(filter_)
    def measured(*args: Any, **kwargs: Any) -> Any:
        _step()
        made = filter_(*args, **kwargs)
        if isinstance(made, str):
            _write(str.__len__(made))
        return made

    return measured


@wraps(JINJAS["join"])
def _join(eval_ctx: Any, value: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
    items = list(value)
    between = str.__len__(d) if isinstance(d, str) else MOST_CHARACTERS
    _write(between * len(items) + sum(str.__len__(each) for each in items if isinstance(each, str)))
    joined: str = JINJAS["join"](eval_ctx, items, d, attribute)
    return joined


class Sandbox(ImmutableSandboxedEnvironment):
    """Runs what strangers wrote; `is_strange` tells their files from the house's, which may do more."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)
    concat = staticmethod(_concat)

    def __init__(self, allowed: frozenset[type[nodes.Node]], **options: Any) -> None:
        super().__init__(undefined=StrictUndefined, finalize=_noted, optimized=False, **options)
        self.allowed = allowed
        self.is_strange: Callable[[str | None], bool] = lambda _: True
        self.globals.clear()
        kept = {name: _measured(self.filters[name]) for name in grammar.FILTERS}
        self.filters = {**kept, "join": _measured(_join), COUNTED: _counted}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if self.is_strange(name):
            try:
                grammar.check(tree, self.allowed)
            except grammar.Refused as refusal:
                raise TemplateSyntaxError(str(refusal), refusal.line, name, filename) from None
        counted: nodes.Template = _Counting().visit(tree)
        return counted

    def get_template(self, *args: Any, **kwargs: Any) -> Any:
        _step(A_FILE)
        return super().get_template(*args, **kwargs)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str | Macro | BlockReference | FunctionType):
            return False
        is_ours = isinstance(obj, LoopContext) or not callable(value)
        return is_ours and super().is_safe_attribute(obj, attr, value)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - Jinja's way
        _step()
        if isinstance(__obj, FunctionType):
            _check_sentence(args, kwargs)
        elif not isinstance(__obj, Macro | BlockReference) and not _is_of_a_loop(__obj):
            raise SecurityError
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        _step()
        are_small = all(type(each) in {int, float, bool} and abs(each) <= LARGEST_NUMBER for each in (left, right))
        if operator == "**" or not are_small:
            raise SecurityError
        return super().call_binop(context, operator, left, right)


class _Counting(NodeTransformer):
    """Leads every loop past the counter."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's way
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, COUNTED, [], [], None, None, lineno=node.lineno)
        return node


def _is_of_a_loop(value: Any) -> bool:
    return isinstance(getattr(value, "__self__", None), LoopContext)


def _check_sentence(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Refuse a sentence whose placeholders are more than names: "%(n)999999999s" is a gigabyte."""
    sentences = [each for each in args if isinstance(each, str)]
    longest = max((str.__len__(each) for each in kwargs.values() if isinstance(each, str)), default=0)
    for sentence in sentences:
        signs = str.count(sentence, "%")
        if kwargs and "%" in PLACEHOLDER.sub("", sentence):
            raise SecurityError
        _write(str.__len__(sentence) + signs * longest)
