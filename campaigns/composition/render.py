"""A mail's template is compiled once for each language; what others wrote never passes through MJML.

Two passes. At compile time `[[ ]]` and `[% %]` put the parts together and set language and
direction, then mrml makes HTML of the MJML, the `{{ }}` still in it. For each letter that HTML is
a Jinja template: sandboxed, escaping, and strict about names it does not know.
"""

import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import mrml
from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.environment import Environment
from jinja2.sandbox import ImmutableSandboxedEnvironment

from campaigns.errors import RenderingError
from campaigns.languages import Language, speak

ROOT = Path(__file__).resolve().parents[2] / "email_templates"
OPENING = re.compile(r"\{(?=\{|%)")
MARKER = re.compile(r"\{#@ (\S+?):(\d+) @#\}")
OFFSET = re.compile(r"position (\d+)")


@dataclass(frozen=True, slots=True)
class Compiled:
    """One mail in one language, ready for its letters."""

    subject: Template
    html: Template
    text: Template
    places: tuple[str, ...]  # where each line of `html` was written: "parts/rating.mjml, line 3"

    def render(self, part: str, context: Mapping[str, Any]) -> str:
        """Return the subject, html or text of a letter; raises RenderingError, which repeats no data."""
        template: Template = getattr(self, part)
        try:
            return template.render(context)
        except Exception as error:  # noqa: BLE001 - a template may raise anything
            raise RenderingError(_complaint(error, self._place(error))) from None

    def _place(self, error: Exception) -> str:
        frames = traceback.extract_tb(error.__traceback__)
        for frame in reversed(frames):
            if frame.filename == "<template>":
                return self.places[min(frame.lineno or 1, len(self.places)) - 1]
            for folder in _folders():
                if Path(frame.filename).is_relative_to(folder):
                    return f"{Path(frame.filename).relative_to(folder)}, line {frame.lineno}"
        return "a template"


def marked(name: str, source: str) -> str:
    """Return a source with the place of each expression written before it."""
    lines = enumerate(source.split("\n"), 1)
    return "\n".join(OPENING.sub(f"{{#@ {name}:{number} @#}}{{", line) for number, line in lines)


class _Sources(FileSystemLoader):
    """Marks each expression with the place it was written at, because mrml keeps no lines."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, is_current = super().get_source(environment, template)
        return marked(template, source), path, is_current


_sources = _Sources(ROOT)
_parts = Environment(  # holds our own files only; the second pass escapes
    loader=_sources,
    undefined=StrictUndefined,
    block_start_string="[%",
    block_end_string="%]",
    variable_start_string="[[",
    variable_end_string="]]",
    comment_start_string="[#",
    comment_end_string="#]",
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_html = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
_texts = FileSystemLoader(ROOT)
_text = ImmutableSandboxedEnvironment(  # plain text: nothing to escape
    loader=_texts, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def look_also_in(folder: Path) -> None:
    """Let mails be found in a folder besides ROOT, which goes first; theirs may extend the ones there."""
    for loader in (_sources, _texts):
        if str(folder) not in loader.searchpath:
            loader.searchpath.append(str(folder))


def _folders() -> list[str]:
    return _texts.searchpath


@cache
def compiled(mail: str, tag: str) -> Compiled:
    """Return a mail ("classic/invitation") in a language; raises RenderingError for a faulty template."""
    try:
        html, places = from_mjml(mail, _assemble(f"{mail}/body.mjml", speak(tag)))
        subject, text = _text.get_template(f"{mail}/subject.txt"), _text.get_template(f"{mail}/body.txt")
    except TemplateSyntaxError as error:
        raise RenderingError(f"{error.name or mail}, line {error.lineno}: {error.message}.") from None
    except TemplateError as error:
        raise RenderingError(f"{mail}: {type(error).__name__}: {error.message}.") from None
    return Compiled(subject, html, text, places)


def _assemble(name: str, language: Language) -> str:
    is_rtl = language.direction == "rtl"
    start, end = ("right", "left") if is_rtl else ("left", "right")
    parts = _parts.get_template(name)
    return parts.render(lang=language.tag, direction=language.direction, start=start, end=end)


def from_mjml(name: str, mjml: str, pages: Environment = _html) -> tuple[Template, tuple[str, ...]]:
    """Make the template of marked MJML, and the place of each of its lines; raises RenderingError."""
    try:
        # Without its own list of fonts mrml would fetch one from Google in every customer's name.
        html = mrml.to_html(mjml, render_options=mrml.RenderOptions(fonts={})).content
    except OSError as error:
        raise RenderingError(f"{name} is not MJML, after {_last_place(mjml, error, name)}: {error}.") from None
    # A new line before each expression and nowhere else: a traceback's line number names its place.
    places = (name, *(f"{file}, line {line}" for file, line in MARKER.findall(html)))
    try:
        return pages.from_string(MARKER.sub("{#\n#}", html.replace("\n", " "))), places
    except TemplateSyntaxError as error:
        raise RenderingError(f"{places[min(error.lineno, len(places)) - 1]}: {error.message}.") from None


def _last_place(mjml: str, error: OSError, name: str) -> str:
    """Return the last expression before the byte at which mrml gave up."""
    offset = OFFSET.search(str(error))
    before = mjml.encode()[: int(offset.group(1)) if offset else 0].decode(errors="ignore")
    places = MARKER.findall(before)
    return f"{places[-1][0]}, line {places[-1][1]}" if places else f"{name}, line 1"


def _complaint(error: Exception, place: str) -> str:
    # The exception's own words may quote a customer; its kind does not.
    return f"{place}: {type(error).__name__} while writing a letter; composition/view.py has what it is given."
