"""Every word a customer reads is there in every language, and no catalogue holds a word that nobody uses."""

import re

import pytest

from tests.words import CATALOGUE_OF, TRANSLATED, id_of, path_of, read

SPOKEN = {
    *("de", "fr", "es", "it", "nl", "pt", "pl", "sv", "cs", "el", "hy", "lv", "cy", "tr", "uk"),
    *("ja", "zh-Hans", "ar", "he"),
}
BOOKS = [pytest.param(tag, name, id=f"{tag}-{name}") for tag in TRANSLATED for name in CATALOGUE_OF]


def test_twenty_languages_are_spoken() -> None:
    assert set(TRANSLATED) >= SPOKEN


@pytest.mark.parametrize(("tag", "name"), BOOKS)
def test_a_catalogue_holds_exactly_the_words_that_are_used(tag: str, name: str) -> None:
    """Where it does not, `python -m tests.words` adds what is missing and takes away what is not."""
    used, held = set(CATALOGUE_OF[name]()), {id_of(message.id) for message in read(tag, name) if message.id}

    assert used
    assert used - held == set()
    assert held - used == set()


@pytest.mark.parametrize(("tag", "name"), BOOKS)
def test_translations_are_whole_and_name_what_the_original_names(tag: str, name: str) -> None:
    catalogue = read(tag, name)

    for message in catalogue:
        if not message.id:
            continue
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        assert not list(message.check(catalogue)), message.id
        assert isinstance(message.id, str) or len(strings) == catalogue.num_plurals
        original = message.id if isinstance(message.id, str) else message.id[1]
        for string in strings:
            missing = _placeholders(original) ^ _placeholders(string)
            # A dual or a singular may say its number in a word.
            assert missing == set() or (len(strings) > 1 and missing == {"%(n)s"}), message.id
            assert "<" not in string
            assert string == string.strip(), message.id


@pytest.mark.parametrize("tag", TRANSLATED)
def test_two_catalogues_never_translate_one_sentence_differently(tag: str) -> None:
    said: dict[object, set[str]] = {}
    for name in CATALOGUE_OF:
        for message in read(tag, name) if path_of(tag, name).exists() else ():
            if message.id:
                said.setdefault(id_of(message.id), set()).add(str(message.string))

    assert {word: strings for word, strings in said.items() if len(strings) > 1} == {}


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))
