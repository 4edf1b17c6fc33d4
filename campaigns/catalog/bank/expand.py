"""`bank = "retail.delivery"` in a campaign file becomes the whole question, in every language there is.

That happens once, when the file is read: a version keeps the words that were asked, whatever the
bank says later.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from campaigns.catalog.bank.ready import Ready
from campaigns.catalog.bank.shelf import on_shelf
from campaigns.errors import InvalidCampaign
from campaigns.languages import Language, speak
from campaigns.tags import SOURCE, available

OWN = {"bank", "key", "when", "text", "tag"}  # what may stand beside `bank`
Fail = Callable[[str, str, str], InvalidCampaign]  # key, what was found, what is allowed
Table = dict[str, Any]


def expand(data: Mapping[str, Any], fail: Fail, languages: Sequence[Language] | None = None) -> dict[str, Any]:
    """Return a campaign's mapping with every `bank` in its questions replaced; raises InvalidCampaign."""
    questions = data.get("question")
    if not isinstance(questions, list):
        return dict(data)
    spoken = [speak(tag) for tag in available()] if languages is None else languages
    tables = [_expanded(table, f"question {number}", fail, spoken) for number, table in enumerate(questions, start=1)]
    return {**data, "question": tables}


def _expanded(table: Any, where: str, fail: Fail, languages: Sequence[Language]) -> Any:
    if not isinstance(table, dict) or "bank" not in table:
        return table
    name, shelf = table["bank"], on_shelf()
    if not isinstance(name, str) or name not in shelf:
        raise fail(f"{where}, bank", f"is {name!r}", "`flask --app wsgi question list` names them all")
    for key in table:
        if key not in OWN:
            raise fail(
                f"{where}, {key}", "stands beside bank", f"beside it may stand {', '.join(sorted(OWN - {'bank'}))}"
            )
    own = {key: value for key, value in table.items() if key != "bank"}
    whole = _table(name.partition(".")[2], shelf[name], languages)
    if isinstance(own.get("text"), dict):
        own["text"] = {**whole["text"], **own["text"]}
    return {**whole, **own}


def _table(key: str, question: Ready, languages: Sequence[Language]) -> Table:
    table: Table = {"key": key, "kind": question.kind.value, "text": _texts(question.text, languages)}
    if question.scale is not None:
        table["scale"] = question.scale.value
    if question.options:
        table["options"] = [{"key": each, "text": _texts(words, languages)} for each, words in question.options]
    if question.tag:
        table["tag"] = question.tag
    return table


def _texts(message: str, languages: Sequence[Language]) -> dict[str, str]:
    """Return a message by language; a language whose catalogue lacks it is left out, and English serves."""
    said = {language.tag: language.gettext(message) for language in languages}
    return {tag: words for tag, words in said.items() if tag == SOURCE or words != message}
