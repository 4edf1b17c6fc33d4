from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment

from campaigns.composition.compose import compose
from campaigns.enrollment.states import MessageKind
from tests.composition.cast import LINKS, ana, parse

DEFAULT = "How was your order from Harbour Mugs?"


def test_a_subject_is_the_campaigns_own_in_the_letters_language() -> None:
    subject = {"en": "{{ contact.first_name or 'there' }} {{ contact.last_name }}: {{ merchant.name }} {{ order.id }}"}

    letter = compose(ana(subject=subject), LINKS)

    assert letter.subject == "Ana Ruiz: Harbour Mugs 1001"
    assert parse(letter)["Subject"] == letter.subject


def test_a_reminder_takes_the_campaigns_subject_too() -> None:
    letter = compose(ana(MessageKind.REMINDER, subject={"en": "About {{ order.id }}"}), LINKS)

    assert letter.subject == "About 1001"


def test_a_language_without_a_subject_of_its_own_gets_the_houses() -> None:
    letter = compose(ana(subject={"en": "How was it?"}, locale="de"), LINKS)

    assert letter.subject == "Wie war Ihre Bestellung bei Harbour Mugs?"


def test_a_missing_first_name_leaves_the_subject_whole() -> None:
    letter = compose(ana(subject={"en": "Hello {{ contact.first_name or 'there' }}"}, first_name=""), LINKS)

    assert letter.subject == "Hello there"


@pytest.mark.parametrize("subject", ["", "{{ ' ' }}", "{{ contact.last_name if false else '' }}"])
def test_a_subject_that_says_nothing_is_replaced(subject: str) -> None:
    assert compose(ana(subject={"en": subject} if subject else {}), LINKS).subject == DEFAULT


def test_a_subject_is_one_line_of_a_sane_length() -> None:
    letter = compose(ana(subject={"en": "One{{ '\\n  ' }}two\x00\u202e three " + "very " * 80}), LINKS)

    assert letter.subject.startswith("One two three very")
    assert letter.subject.endswith("…")
    assert len(letter.subject) <= 150


ANA = {"contact": {"first_name": "Ana", "last_name": ""}, "merchant": {"name": "Harbour Mugs"}, "order": {"id": "1001"}}
terms = st.sampled_from(
    ["contact.first_name", "contact.last_name", "merchant.name", "order.id", "'x'", "''", "7", "none"]
)
expressions = st.lists(terms, min_size=1, max_size=3).map(" or ".join)
filtered = st.sampled_from(["contact.first_name|upper", "contact.last_name|default('you')", "order.id if 1 else ''"])
parts = st.one_of(
    st.sampled_from(["Hello ", "?", " %s ", "{# no #}"]), (expressions | filtered).map("{{{{ {} }}}}".format)
)


@given(st.lists(parts, min_size=1, max_size=5).map("".join))
def test_a_subject_says_what_its_template_says(source: str) -> None:
    expected = ImmutableSandboxedEnvironment().from_string(source).render(ANA)

    letter = compose(ana(subject={"en": source}, last_name=""), LINKS)

    assert letter.subject == (" ".join(expected.split()) or DEFAULT)


def test_a_preheader_is_the_campaigns_own_or_the_question_and_how_little_it_takes() -> None:
    own = compose(ana(preheader={"en": "It takes {{ contact.first_name or 'you' }} a second"}), LINKS).html
    houses = compose(ana(preheader={"en": "It takes you a second"}, locale="de"), LINKS).html

    assert _shown_after_the_subject(own) == "It takes Ana a second"
    assert _shown_after_the_subject(houses) == (
        "Wie war Ihre Bestellung bei Harbour Mugs? Ein Klick genügt. Ein Konto brauchen Sie nicht."
    )


@pytest.mark.parametrize("preheader", ["{{ '' }}", "{{ contact.last_name if false else '' }}"])
def test_a_preheader_that_says_nothing_is_replaced(preheader: str) -> None:
    assert _shown_after_the_subject(compose(ana(preheader={"en": preheader}), LINKS).html).startswith(DEFAULT)


def test_a_variant_has_words_of_its_own_in_both_letters_and_takes_the_campaigns_where_it_has_none() -> None:
    words: dict[str, Any] = {
        "subject": {"en": "How was it?"},
        "preheader": {"en": "One click"},
        "variant": [{"name": "b", "share": 1, "subject": {"en": "Well, {{ contact.first_name or 'you' }}?"}}],
    }

    for kind in MessageKind:
        letter = compose(ana(kind, **words), LINKS)
        assert letter.subject == "Well, Ana?"
        assert _shown_after_the_subject(letter.html) == "One click"


def test_a_share_of_the_enrollments_gets_the_variant() -> None:
    words: dict[str, Any] = {"subject": {"en": "A"}, "variant": [{"name": "b", "share": 0.5, "subject": {"en": "B"}}]}

    letters = [compose(ana(enrollment_id=number, **words), LINKS).subject for number in range(60)]

    again = [compose(ana(enrollment_id=number, message_id=1, **words), LINKS).subject for number in range(60)]
    assert set(letters) == {"A", "B"}
    assert letters == again


def _shown_after_the_subject(html: str) -> str:
    body = html.partition("<body")[2]
    return unescape(" ".join(body.partition('overflow:hidden;">')[2].partition("</div>")[0].split()))
