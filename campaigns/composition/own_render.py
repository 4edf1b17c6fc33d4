"""A merchant's own template is put together, checked and compiled as the house's are, within the sandbox's walls.

Files of its own go before the house's parts, and nothing else can be read. What of MJML may not be in
it is looked for after the parts were put together, when no include can hide it any more; the house's
own parts are sealed until then, because they may hold what a merchant's may not.
"""

import re
import secrets
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError

from campaigns.composition import grammar, markup
from campaigns.composition.marks import unmarked
from campaigns.composition.own import OwnMail
from campaigns.composition.render import MARKER, ROOT, Compiled, from_mjml, marked
from campaigns.composition.sandbox import Sandbox, TooMuch, limited
from campaigns.errors import RenderingError
from campaigns.languages import speak

MOST_HTML = 102_400  # bytes; Gmail cuts a letter off there, and with it the way to unsubscribe
OURS = re.compile(r"layout\.mjml|parts/[a-z_-]+\.(mjml|txt)|[a-z-]+/letter\.(mjml|txt)")
SEAL = f"data-seal-{secrets.token_hex(8)}"
SEALABLE = re.compile(r"<(mj-(?:raw|style|font))(?=[\s>/])")
NAMELESS = re.compile(r"'(\w+)' is undefined")
DELIMITERS = {
    "block_start_string": "[%",
    "block_end_string": "%]",
    "variable_start_string": "[[",
    "variable_end_string": "]]",
    "comment_start_string": "[#",
    "comment_end_string": "#]",
}


@dataclass(frozen=True, slots=True)
class OwnCompiled(Compiled):
    """One mail of a merchant's in one language."""

    text_places: Mapping[str, tuple[str, ...]]  # by file, where each of its lines was written

    def render(self, part: str, context: Mapping[str, Any]) -> str:
        """Return the subject, html or text of a letter; raises RenderingError, which repeats no data."""
        template = getattr(self, part)
        try:
            with limited():
                written: str = template.render(context)
        except TooMuch as error:
            raise RenderingError(f"{self._place(error)}: this goes on for too long, or writes too much.") from None
        except Exception as error:  # noqa: BLE001 - a template may raise anything
            raise RenderingError(f"{self._place(error)}: {_complaint(error)}; see docs/templates.md.") from None
        if part == "html" and len(unmarked(written).encode()) > MOST_HTML:
            raise RenderingError(f"The letter's HTML is longer than {MOST_HTML:,} bytes, where Gmail cuts letters off.")
        return written

    def _place(self, error: Exception) -> str:
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            places = self.places if frame.filename == "<template>" else self.text_places.get(frame.filename, ())
            if places:
                return places[min(frame.lineno or 1, len(places)) - 1]
            if frame.filename.startswith(str(ROOT)):
                return f"{Path(frame.filename).relative_to(ROOT)}, line {frame.lineno}"
        return "the template"


class _Files(BaseLoader):
    """The merchant's files of one version, and behind them the house's parts."""

    def __init__(self, sources: Mapping[str, str], prepare: Callable[[str, str, bool], str]) -> None:
        self._sources = sources
        self._prepare = prepare

    def is_own(self, name: str | None) -> bool:
        return name is None or name in self._sources

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        if template in self._sources:
            return self._prepare(template, self._sources[template], True), template, lambda: True
        path = ROOT / template
        if not OURS.fullmatch(template) or not path.is_file():
            raise TemplateNotFound(template)
        return self._prepare(template, path.read_text(encoding="utf-8"), False), str(path), lambda: True


def compile_own(mail: OwnMail, tag: str) -> Compiled:
    """Compile a merchant's mail in a language; raises RenderingError, which names file and line."""
    compiler = _Compiler(mail, tag)
    try:
        with limited():
            return compiler.compile()
    except TemplateSyntaxError as error:
        raise RenderingError(f"{compiler.place_of(error)}: {error.message}.") from None
    except TemplateNotFound as error:
        raise RenderingError(f"There is no file {error.name!r} in the template, and no part of ours.") from None
    except TemplateError as error:
        raise RenderingError(f"{mail.kind}: {type(error).__name__}: {error.message}.") from None
    except TooMuch:
        raise RenderingError(f"{mail.kind}: putting it together goes on for too long, or makes too much.") from None
    except (RecursionError, SyntaxError, MemoryError, ValueError, OverflowError):
        raise RenderingError(f"{mail.kind}: something is deeper or larger than any letter needs.") from None


class _Compiler:
    def __init__(self, mail: OwnMail, tag: str) -> None:
        self._mail = mail
        language = speak(tag)
        is_rtl = language.direction == "rtl"
        start, end = ("right", "left") if is_rtl else ("left", "right")
        self._setting = {"lang": language.tag, "direction": language.direction, "start": start, "end": end}
        self._text_places: dict[str, tuple[str, ...]] = {}

    def compile(self) -> OwnCompiled:
        folder, sources = self._mail.kind, self._mail.template.sources
        assembled = self._put_together(f"{folder}/body.mjml", sources)
        sound = markup.checked(f"{folder}/body.mjml", assembled, SEAL)
        pages = Sandbox(grammar.WRITING, autoescape=True)
        html, places = from_mjml(f"{folder}/body.mjml", sound, pages)
        words = _Files(sources, self._text)
        texts = Sandbox(grammar.WRITING, trim_blocks=True, lstrip_blocks=True, loader=words)
        return OwnCompiled(
            subject=texts.get_template(f"{folder}/subject.txt"),
            html=html,
            text=texts.get_template(f"{folder}/body.txt"),
            places=places,
            text_places=self._text_places,
        )

    def place_of(self, error: TemplateSyntaxError) -> str:
        name = error.name or self._mail.kind
        places = self._text_places.get(name)
        return places[min(error.lineno, len(places)) - 1] if places else f"{name}, line {error.lineno}"

    def _put_together(self, name: str, sources: Mapping[str, str]) -> str:
        """Let the first pass run over a file: [% %] and [[ ]], which know the language."""
        files = _Files(sources, _marked)
        options = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
        parts = Sandbox(grammar.PUTTING_TOGETHER, loader=files, **DELIMITERS, **options)
        parts.is_strange = files.is_own
        assembled: str = parts.get_template(name).render(self._setting)
        return assembled

    def _text(self, name: str, source: str, is_own: bool) -> str:
        if not is_own:
            return source
        assembled = self._put_together(name, {name: source})
        text, at, places, now = "", 0, [], f"{name}, line 1"
        for found in MARKER.finditer(assembled):
            before = assembled[at : found.start()]
            places += [now] * before.count("\n")
            # A new line before each expression, within a comment; before {{ one that leaves what is to its left.
            text += before + ("{#+\n#}" if assembled.startswith("{{", found.end()) else "{#\n#}")
            places.append(now)
            now, at = f"{found[1]}, line {found[2]}", found.end()
        rest = assembled[at:]
        self._text_places[name] = (*places, *[now] * (rest.count("\n") + 1))
        return text + rest


def _complaint(error: Exception) -> str:
    # The exception's own words may quote a customer; its kind does not, nor does a name out of the template.
    if isinstance(error, UndefinedError) and (found := NAMELESS.fullmatch(str(error.message))):
        return f"no letter is given {found[1]!r}"
    return f"{type(error).__name__} while writing a letter"


def _marked(name: str, source: str, is_own: bool) -> str:
    if name.endswith(".mjml"):
        source = markup.inspected(name, source) if is_own else SEALABLE.sub(rf"<\1 {SEAL}=''", source)
    return marked(name, source)
