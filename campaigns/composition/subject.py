"""A subject is the merchant's own words in the letter's language, else the house's; always one sane line."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from campaigns.composition.letter import LetterFacts
from campaigns.composition.line import one_line, person_name

LONGEST = 150  # inboxes show 40 to 80 characters; a product's whole name is nobody's subject
_subjects = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
_subjects.globals.clear()


def own_subject(facts: LetterFacts) -> str:
    """Return the campaign's subject in exactly this language, or nothing where there is none or it fails.

    A subject that fails on one customer must cost that customer nothing but the merchant's wording.
    """
    source = facts.definition.subject.get(facts.locale)
    if source is None:
        return ""
    try:
        return one_line(_template(source).render(_names(facts)), LONGEST)
    except Exception:  # noqa: BLE001  # whatever it is, the house's own words serve
        return ""


@lru_cache(maxsize=256)
def _template(source: str) -> Template:
    return _subjects.from_string(source)


def _names(facts: LetterFacts) -> Mapping[str, Any]:
    return {
        "contact": {"first_name": person_name(facts.first_name), "last_name": person_name(facts.last_name)},
        "merchant": {"name": one_line(facts.merchant_name)},
        "order": {"id": one_line(facts.order_id, 40)},
    }
