"""What is asked is short, neutral, in every language, offers nothing, and can still be answered."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from campaigns.catalog.definition import Hours
from campaigns.composition.preflight.asking import check_length, check_reminder, check_wording, longest_wait
from campaigns.composition.preflight.countries import COUNTRIES, STRICTEST, country
from campaigns.composition.preflight.finding import Severity
from campaigns.composition.preflight.promotion import check_promotion, promotion_in
from campaigns.composition.preflight.subjects import (
    check_languages,
    check_subjects,
    check_written_subjects,
    visible,
)
from campaigns.composition.preview import Shop
from tests.composition.preflight.hangar import Check, added, fly, found

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def text(key: str, **words: str) -> dict[str, Any]:
    return {"key": key, "kind": "text", "text": words}


@pytest.mark.parametrize(
    ("subject", "check", "severity", "what"),
    [
        ("x" * 151, "subject", ERROR, "151 characters before any name"),
        ("One\nBcc: two", "subject", ERROR, "line break"),
        ("Hello {{ contact.phone }}", "merge field", ERROR, "names contact.phone"),
        ("Hello {{ contact", "merge field", ERROR, "is not a template"),
    ],
)
def test_a_subject_that_no_letter_can_have_is_an_error(subject: str, check: str, severity: Severity, what: str) -> None:
    flight = fly()
    flight = replace(flight, definition=replace(flight.definition, subject={"de": subject}))

    findings = found(check_subjects, flight)

    assert (check, severity, "subject.de") in {(each.check, each.severity, each.where) for each in findings}
    assert any(what in each.what for each in findings)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("How was your order, {{ contact.first_name or 'there' }}?", []),
        ("How was your order, {{ contact.first_name }}?", ["merge field"]),
        ("{{ contact.first_name }}, how was it?", ["merge field"]),
        ("How was it, {{ contact.first_name }}", ["merge field"]),
        ("How was order {{ order.id }}?", []),
        ("How was it? :-)", []),
        ("How was your order from our little shop at the old harbour, dear {{ merchant.name }} customer?", ["subject"]),
        ("Wie war es? %(name)s", ["merge field"]),
    ],
)
def test_a_subject_reads_well_for_everybody(subject: str, said: list[str]) -> None:
    flight = fly({"subject": {"en": subject}})

    assert sorted({each.check for each in found(check_written_subjects, flight)}) == said


VARIANT = {"name": "b", "share": 0.5}


@pytest.mark.parametrize(
    ("lines", "check", "where"),
    [
        ({"preheader": {"en": "x" * 151}}, check_subjects, "preheader.en"),
        ({"variant": [{**VARIANT, "subject": {"en": "x" * 151}}]}, check_subjects, "variant b, subject.en"),
        ({"preheader": {"en": "20% off"}}, check_promotion, "preheader.en"),
        ({"variant": [{**VARIANT, "preheader": {"en": "20% off"}}]}, check_promotion, "variant b, preheader.en"),
        ({"variant": [{**VARIANT, "subject": {"en": "x " * 40}}]}, check_written_subjects, "worded as variant b"),
        (
            {"variant": [{**VARIANT, "subject": {"en": "{{ contact.first_name }}, well?"}}]},
            check_written_subjects,
            "worded as variant b, to nobody by name",
        ),
    ],
)
def test_preheaders_and_variants_are_looked_at_like_the_subject(lines: Any, check: Check, where: str) -> None:
    assert any(where in each.where for each in found(check, fly(lines)))


def test_marks_and_turns_are_no_characters_to_a_reader() -> None:
    assert visible("été") == visible("e\u0301te\u0301") == 3
    assert visible("\u2068Ana\u2069") == 3


def test_a_language_without_words_is_named() -> None:
    options = [{"key": "a", "text": {"en": "A", "de": "A"}}, {"key": "b", "text": {"en": "B"}}]
    choice = {
        "key": "why",
        "kind": "choice",
        "text": {"en": "Why?", "de": "Warum?", "ar": "لماذا؟"},
        "options": options,
    }
    flight = fly({"subject": {"en": "Hi", "eo": "Saluton"}, "question": [choice, text("more", de="Noch etwas?")]})

    said = [(each.where, each.what) for each in found(check_languages, flight)]

    assert said == [
        ("subject.eo", "subject.eo is kept, but letters are not written in it yet."),
        ("subject", "There is no subject in de, ar; letters in it have Askwell's own."),
        ("question why", "Words are missing in de, ar; whoever reads it is asked in en."),
        ("question more", "Words are missing in en, ar; whoever reads it is asked in de."),
    ]


def test_a_campaign_that_leaves_subjects_to_askwell_lacks_none() -> None:
    everywhere = text("more", en="More?", de="Mehr?", ar="المزيد؟")

    assert found(check_languages, fly({"question": [everywhere]})) == []


@pytest.mark.parametrize(("count", "said"), [(5, 0), (6, 1)])
def test_more_than_five_questions_are_many(count: int, said: int) -> None:
    questions = [text(f"q{number}", en="What went wrong?") for number in range(count)]

    assert len(found(check_length, fly({"question": questions}))) == said


def test_wording_is_looked_over_in_subjects_and_questions() -> None:
    asked = [text("a", en="Was it fast and friendly?", de="Wie war es?"), text("b", en="How was it?")]
    flight = fly({"subject": {"de": "Wie toll war es, {{ contact.first_name or 'immer' }}?"}, "question": asked})

    said = [(each.where, each.severity, each.what) for each in found(check_wording, flight)]

    assert said == [
        ("subject.de", WARNING, "“Wie toll” makes the question leading."),
        ("question a, text.en", WARNING, "“fast and friendly” makes the question double-barrelled."),
    ]


@pytest.mark.parametrize(
    ("reminder", "closes", "hours", "severity"),
    [
        ("P5D", "P21D", ("09:00", "21:00"), None),
        ("P19D", "P21D", ("09:00", "21:00"), None),
        ("P20D", "P21D", ("09:00", "21:00"), WARNING),
        ("P20D", "P21D", ("00:00", "24:00"), None),
        ("P19DT6H", "P21D", ("09:00", "10:00"), WARNING),
    ],
)
def test_whoever_is_reminded_can_still_answer(
    reminder: str, closes: str, hours: tuple[str, str], severity: Severity | None
) -> None:
    plan = {"reminder_after": reminder, "closes_after": closes, "hours": {"from": hours[0], "to": hours[1]}}

    assert [each.severity for each in found(check_reminder, fly(plan))] == ([severity] if severity else [])


def test_a_reminder_after_the_end_is_an_error_and_none_at_all_is_none() -> None:
    flight = fly()
    late = replace(flight.definition, reminder_after=timedelta(days=22))

    assert [each.severity for each in found(check_reminder, replace(flight, definition=late))] == [ERROR]
    assert found(check_reminder, replace(flight, definition=replace(late, reminder_after=None))) == []


def test_a_letter_waits_no_longer_than_the_night() -> None:
    nightly = replace(fly().definition, hours=Hours(time(9), time(21)))

    assert longest_wait(nightly) == timedelta(hours=12) - timedelta(minutes=1)


OFFERS = [
    "Get a discount of 10 %",
    "20% off your next mug",
    "Use code SAVE10",
    "Ihr Gutschein wartet",
    "10 € Rabatt",
    "Votre code promo",
    "Une réduction pour vous",
    "Un descuento para usted",
    "Uno sconto per te",
    "Krijg korting",
    "Ganhe um desconto",
    "Kod rabatowy dla Ciebie",
    "Ett erbjudande till dig",
    "Nur heute: -15 %",
]
NO_OFFERS = [
    "How was your order?",
    "Wie war Ihre Bestellung?",
    "Remise en main propre",
    "Com'era? Tutto buono?",
    "Your order code AB-1234-XY",
    "100% cotton",
    "What did you like about our offer?",
]


@pytest.mark.parametrize("words", OFFERS)
def test_an_offer_is_seen_in_any_language(words: str) -> None:
    assert promotion_in(words)


@pytest.mark.parametrize("words", NO_OFFERS)
def test_what_offers_nothing_is_let_be(words: str) -> None:
    assert promotion_in(words) == ""


@pytest.mark.parametrize(
    ("countries", "has_consent", "is_refused"),
    [
        ((), False, True),
        (("DE",), False, True),
        (("us", "GB"), False, True),
        (("XX",), False, True),
        (("US",), False, False),
        (("DE",), True, False),
    ],
)
def test_an_offer_is_refused_where_the_law_wants_consent(
    countries: tuple[str, ...], has_consent: bool, is_refused: bool
) -> None:
    flight = added(fly(countries=countries, has_consent=has_consent), "<p>A voucher for you!</p>")

    findings = found(check_promotion, flight)

    assert bool(findings) is is_refused
    assert all(each.severity is ERROR and "“voucher”" in each.what and "https://" in each.fix for each in findings)


def test_a_name_offers_nothing_and_a_question_about_offers_only_warns() -> None:
    flight = fly({"question": [text("a", en="Was your discount applied?")]}, Shop(name="Discount Mugs"))

    assert [(each.severity, each.where) for each in found(check_promotion, flight)] == [(WARNING, "question a")]


def test_a_shop_without_a_name_hides_no_offer() -> None:
    flight = added(fly(), "<p>A voucher for you!</p>")

    assert found(check_promotion, replace(flight, shop=replace(flight.shop, name="")))


def test_every_country_names_its_law() -> None:
    assert set(COUNTRIES) == {"DE", "AT", "CH", "FR", "GB", "US", "CA"}
    assert all(each.law and each.url.startswith("https://") for each in (*COUNTRIES.values(), STRICTEST))
    assert country(" de ") is COUNTRIES["DE"]
    assert country("elsewhere") is STRICTEST
