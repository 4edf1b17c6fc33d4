import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from campaigns.languages import STRONG, speak, zone_of_country
from campaigns.tags import available, choose


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (("de",), "de"),
        (("de-AT",), "de"),
        (("de_CH",), "de"),
        (("DE",), "de"),
        (("ar-EG-u-nu-arab",), "ar"),
        (("de_DE.UTF-8",), "de"),
        (("xx", "ar"), "ar"),
        (("pt-BR", "de"), "pt"),
        (("eu-ES", "de"), "de"),
        ((), "en"),
        (("",), "en"),
        (("../../etc/passwd", "\x00", "de-"), "de"),
        (("germanisch",), "en"),
        (("zh-CN",), "zh-Hans"),
        (("zh",), "zh-Hans"),
        (("zh_SG",), "zh-Hans"),
        (("zh-Hant", "de"), "de"),
        (("zh-TW", "de"), "de"),
        (("iw",), "he"),
    ],
)
def test_the_nearest_language_along_the_wishes_is_chosen(wanted: tuple[str, ...], chosen: str) -> None:
    assert choose(*wanted) == chosen


@given(st.text(max_size=40))
def test_no_tag_is_ever_refused(rubbish: str) -> None:
    assert speak(rubbish).tag in available()
    assert speak(rubbish) is speak(choose(rubbish))


def test_a_language_knows_its_direction() -> None:
    assert [speak(tag).direction for tag in ("en", "de", "ar")] == ["ltr", "ltr", "rtl"]


def test_dates_and_prices_are_written_as_the_language_does() -> None:
    evening = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)

    assert speak("de").date(evening) == "21. November 2026"
    assert speak("de").date(evening, "Europe/Berlin") == "22. November 2026"
    assert speak("en").date(date(2026, 11, 21), "Asia/Tokyo") == "November 21, 2026"
    assert speak("de").money(Decimal("1234.5"), "EUR") == "1.234,50\xa0€"
    assert speak("en").money(Decimal(500), "JPY") == "¥500"


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "Europe", "/etc", "\x00"])
def test_a_zone_nobody_knows_is_utc(zone: str) -> None:
    assert speak("en").date(datetime(2026, 11, 21, 23, 30, tzinfo=UTC), zone) == "November 21, 2026"


def test_the_year_9999_does_not_stop_a_letter() -> None:
    assert "9999" in speak("en").date(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "Asia/Tokyo")


def test_arabic_counts_in_its_six_ways() -> None:
    one, many = (
        "Thank you for buying “%(product)s” and %(n)s more item.",
        "Thank you for buying “%(product)s” and %(n)s more items.",
    )

    forms = {speak("ar").ngettext(one, many, n, product="x").replace(str(n), "") for n in (0, 1, 2, 3, 11, 100)}

    assert len(forms) == 6


def test_a_name_of_the_other_direction_is_kept_apart_from_the_sentence() -> None:
    assert speak("en").gettext("Hello %(name)s,", name="ليلى") == "Hello \u2068ليلى\u2069,"
    assert speak("ar").gettext("Hello %(name)s,", name="ليلى") == "مرحبًا ليلى،"
    assert speak("en").gettext("Hello %(name)s,", name="Zoë") == "Hello Zoë,"


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("IE", "Europe/Dublin"),
        ("de", "Europe/Berlin"),
        ("EG", "Africa/Cairo"),
        ("US", None),
        ("ES", None),
        ("", None),
        ("??", None),
    ],
)
def test_a_country_of_one_time_has_a_zone(country: str, zone: str | None) -> None:
    assert zone_of_country(country) == zone


@given(
    st.sampled_from(available()),
    st.sampled_from(["EUR", "USD", "JPY", "KWD", "CHF", "INR", "CLF", "XXX", "ABC"]),
    st.decimals(-(10**15), 10**15, allow_nan=False, places=None) | st.decimals(0, 10**6, places=2),
)
def test_an_amount_is_written_as_babel_writes_it(tag: str, currency: str, amount: Decimal) -> None:
    expected = format_currency(amount, currency, locale=speak(tag).locale)

    assert speak(tag).money(amount, currency) == expected


@given(st.sampled_from(available()), st.text(max_size=20) | st.text(alphabet="aé1 ليבА漢", max_size=9))
def test_words_are_isolated_exactly_where_they_read_the_other_way(tag: str, words: str) -> None:
    against = STRONG[speak(tag).direction]

    isolated = speak(tag).isolated(words)

    assert (isolated != words) == any(unicodedata.bidirectional(character) in against for character in words)
    assert isolated.strip("\u2068\u2069") == words.strip("\u2068\u2069")


@given(st.text(max_size=3))
def test_a_countrys_zone_is_one_the_machine_knows(country: str) -> None:
    zone = zone_of_country(country)

    assert zone is None or ZoneInfo(zone)
