"""A subject may name the buyer, the merchant and the order, and can do nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.catalog.subject import check_subject


@pytest.mark.parametrize(
    "text",
    [
        "How was it?",
        "How was your order, {{ contact.first_name or 'there' }}?",
        "{{ contact.first_name if contact.first_name else 'Hello' }}, from {{ merchant.name | upper }}",
        "{{ contact.last_name | default('you') | title }}: {{ order.id }}",
    ],
)
def test_a_subject_that_names_what_there_is_is_fine(text: str) -> None:
    check_subject(text)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{{ contact.nickname }}", "names contact.nickname, and may name contact.first_name"),
        ("{{ order.total }}", "names order.total"),
        ("{{ nobody }}", "names 'nobody'"),
        ("{{ contact }}", "names 'contact'"),
        ("{{ 1 / 0 }}", "has a div in it"),
        ("{{ 'a' * 100000000 }}", "has a mul in it"),
        ("{{ ''.__class__.__mro__ }}", "names ….__mro__"),
        ("{{ contact.first_name.__class__ }}", "names ….__class__"),
        ("{{ contact['first_name'] }}", "has a getitem in it"),
        ("{{ lipsum() }}", "has a call in it"),
        ("{{ contact.first_name | list }}", "has the filter 'list'"),
        ("{{ contact.first_name | default(lipsum()) }}", "has a call in it"),
        ("{% for i in 'aa' %}x{% endfor %}", "has a for in it"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "has a macro in it"),
        ("{% include 'x' %}", "has a include in it"),
        ("{{ contact.first_name", "is not a template"),
    ],
)
def test_anything_else_is_refused_by_its_name(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        check_subject(text)


@given(st.text(alphabet="{}%|.()'[]+*/ abcdefghijklmnopqrstuvwxyz_0123456789", max_size=60))
def test_any_text_is_checked_or_refused(text: str) -> None:
    try:
        check_subject("{{ " + text + " }}")
    except ValueError:
        pass
