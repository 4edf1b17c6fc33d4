"""Reads the variants of a campaign file: a name, a share, and other words for subject or preheader."""

import re
from collections.abc import Callable
from typing import Any

from campaigns.catalog.question_file import Fail, read_texts
from campaigns.catalog.subject import check_subject
from campaigns.catalog.survey import Texts
from campaigns.catalog.variant import BASE, Variant

MOST_VARIANTS = 5
KEYS = ("name", "share", "subject", "preheader")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}")
Base = Callable[[str], Texts]  # the campaign's own "subject" or "preheader"


def read_line(value: object, key: str, fail: Fail) -> Texts:
    """Read a subject or a preheader by language, each a template that can only name things."""
    texts = read_texts(value, key, fail)
    for language, text in texts.items():
        try:
            check_subject(text)
        except ValueError as error:
            raise fail(f"{key}.{language}", str(error), "see docs/campaigns.md") from None
    return texts


def read_variants(value: object, base: Base, fail: Fail) -> tuple[Variant, ...]:
    if not isinstance(value, list) or len(value) > MOST_VARIANTS:
        raise fail("variant", "is no list of variants", f"write up to {MOST_VARIANTS} [[variant]] tables")
    variants: list[Variant] = []
    for number, table in enumerate(value, start=1):
        variant = _variant(table, f"variant {number}", base, fail)
        if variant.name in {BASE, *(other.name for other in variants)}:
            reason = f"{BASE} is the campaign's own words" if variant.name == BASE else "each has a name of its own"
            raise fail(f"variant {number}, name", f"is {variant.name!r} a second time", reason)
        variants.append(variant)
    if (total := sum(variant.share for variant in variants)) > 1 + 1e-9:
        raise fail("variant", f"shares come to {total:g}", "together they are at most 1; what is left has no variant")
    return tuple(variants)


def _variant(table: object, where: str, base: Base, fail: Fail) -> Variant:
    if not isinstance(table, dict):
        raise fail(where, f"is {table!r}", "it is a [[variant]] table")
    for key in table:
        if key not in KEYS:
            raise fail(f"{where}, {key}", "is not a key of a variant", f"the keys are {', '.join(KEYS)}")
    if not table.get("subject") and not table.get("preheader"):
        raise fail(where, "changes nothing", "give it a [variant.subject] or a [variant.preheader]")
    return Variant(
        name=_name(table.get("name"), where, fail),
        share=_share(table.get("share"), where, fail),
        subject=_texts(table, "subject", where, base, fail),
        preheader=_texts(table, "preheader", where, base, fail),
    )


def _name(value: object, where: str, fail: Fail) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise fail(f"{where}, name", f"is {value!r}", "it is up to 20 small letters, digits, - and _")
    return value


def _share(value: object, where: str, fail: Fail) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise fail(f"{where}, share", f"is {value!r}", "it is a share above 0 and up to 1, like 0.5")
    return float(value)


def _texts(table: dict[str, Any], key: str, where: str, base: Base, fail: Fail) -> Texts:
    texts = read_line(table.get(key, {}), f"{where}, {key}", fail)
    missing = sorted(set(base(key)) - set(texts)) if texts else []
    if missing:  # both halves of those customers would get the same words, and count as if they had not
        also = f"[{key}] is in {', '.join(missing)} too"
        raise fail(f"{where}, {key}", f"lacks {', '.join(missing)}", f"{also}, and a variant has all its languages")
    return texts
