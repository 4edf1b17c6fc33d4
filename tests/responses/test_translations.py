"""Every word on a customer's page is there in every language, and no catalogue holds a word that is not used."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from campaigns.responses import pages

ROOM = Path(pages.__file__).parent
CATALOGUES = sorted((ROOM.parent / "translations").glob("*/LC_MESSAGES/pages.po"))


def used() -> set[str]:
    words: set[str] = set()
    for path in ROOM.rglob("*.html"):
        with path.open("rb") as file:
            for _, _, message, _ in babel_extract(file, ("_",), [], {"silent": "false"}):
                words.add(str(message[0] if isinstance(message, tuple) else message))
    for path in ROOM.rglob("*.py"):
        with path.open("rb") as file:
            words |= {
                str(each[1]) for each in extract("python", file, {"_": None, "gettext": None, "ngettext": (1, 2)})
            }
    return words


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def placeholders(text: object) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[a-z]", str(text)))


def test_there_are_catalogues_for_german_and_arabic() -> None:
    assert {path.parts[-3] for path in CATALOGUES} >= {"de", "ar"}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_holds_exactly_the_words_that_are_used(path: Path) -> None:
    catalogue = read(path)

    assert {str(message.id) for message in catalogue if message.id} == used()
    assert not [message.id for message in catalogue if message.fuzzy]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_translation_is_there_and_names_what_its_original_names(path: Path) -> None:
    for message in read(path):
        if message.id:
            assert message.string, f"{message.id!r} is not translated"
            assert placeholders(message.string) == placeholders(message.id)
            assert "<" not in str(message.string)
