"""Every word a customer reads, found where it is used: `python -m tests.words TAG …` brings catalogues up to date.

A catalogue gains what it lacks, with an empty translation that a test then names, and loses what
nobody uses. A language that is new gets its catalogues.
"""

import sys
from collections.abc import Callable, Iterable
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from campaigns.catalog.bank import shelf
from campaigns.composition.render import ROOT
from campaigns.responses import pages
from campaigns.tags import CATALOGUES, available

Word = str | tuple[str, ...]  # one, or its singular and plural
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
COMPOSITION, RESPONSES = CATALOGUES.parent / "composition", Path(pages.__file__).parent


@cache
def letters() -> list[Word]:
    templates = [*ROOT.rglob("*.mjml"), *ROOT.rglob("*.txt")]
    return _words(templates, [COMPOSITION / "words.py", COMPOSITION / "tone.py"])


@cache
def survey_pages() -> list[Word]:
    return _words(RESPONSES.rglob("*.html"), RESPONSES.rglob("*.py"))


@cache
def bank() -> list[Word]:
    return _words([], [Path(shelf.__file__)])


CATALOGUE_OF: dict[str, Callable[[], list[Word]]] = {"letters": letters, "pages": survey_pages, "bank": bank}
TRANSLATED = [tag for tag in available() if tag != "en"]


def path_of(tag: str, name: str) -> Path:
    return CATALOGUES / tag.replace("-", "_") / "LC_MESSAGES" / f"{name}.po"


@cache
def read(tag: str, name: str) -> Catalog:
    with path_of(tag, name).open("rb") as file:
        return read_po(file, locale=tag.replace("-", "_"))


def id_of(message: object) -> Word:
    return tuple(message) if isinstance(message, list | tuple) else str(message)


def update(tag: str, name: str) -> None:
    path, used = path_of(tag, name), CATALOGUE_OF[name]()
    locale = tag.replace("-", "_")
    old = read(tag, name) if path.exists() else Catalog(locale=locale)
    new = Catalog(locale=locale, header_comment="", fuzzy=False)
    for word in used:
        known = old.get(word[0] if isinstance(word, tuple) else word)
        strings = known.string if known and id_of(known.id) == word else None
        new.add(word, strings or (tuple("" for _ in range(new.num_plurals)) if isinstance(word, tuple) else ""))
    path.parent.mkdir(parents=True, exist_ok=True)
    out = BytesIO()
    write_po(out, new, width=0, no_location=True, omit_header=True)
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {locale}\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {new.plural_forms}\\n"\n\n'
    )
    path.write_text(head + out.getvalue().decode())


def _words(templates: Iterable[Path], sources: Iterable[Path]) -> list[Word]:
    """Return each word once, in the order of the files' names and of their lines."""
    found: dict[Word, None] = {}
    for method, paths in (("jinja2.ext:babel_extract", templates), ("python", sources)):
        for path in sorted(paths):
            options = {"silent": "false"} if method != "python" else {}
            for _, message, _, _ in extract(method, BytesIO(path.read_bytes()), keywords=KEYWORDS, options=options):
                found[id_of(message)] = None
    return list(found)


if __name__ == "__main__":
    for each in sys.argv[1:] or TRANSLATED:
        for book in CATALOGUE_OF:
            update(each, book)
