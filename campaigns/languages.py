"""Every word a customer reads comes from a catalogue, in the nearest language there is; no tag is ever refused."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency
from babel.support import NullTranslations, Translations

SOURCE = "en"  # the language of the msgids, in which nothing lacks a translation
CATALOGUES = Path(__file__).resolve().parent / "translations"
TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*(?![A-Za-z0-9])")
CURRENCY = re.compile(r"[A-Z]{3}")
MOST_DIGITS = 15  # more is nobody's order, and Decimal("1E999999") would be written out
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
STRONG = {"ltr": {"R", "AL"}, "rtl": {"L"}}  # what reads against each direction
WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A catalogue with its manners: which way it reads, how it writes a date or a price."""

    tag: str
    direction: str
    locale: Locale
    translations: NullTranslations

    def gettext(self, message: str, /, **values: object) -> str:
        translated = self.translations.gettext(message)
        return translated % self._in_place(values) if values else translated

    def ngettext(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Return the form for `n`, which the words may name as %(n)s."""
        return self.translations.ngettext(one, many, n) % self._in_place({"n": n, **values})

    def date(self, day: date, zone: str = "UTC") -> str:
        """Write out a day; a moment is first moved into the zone, or UTC where there is no such zone."""
        if isinstance(day, datetime) and day.tzinfo is not None:
            day = _moved(day, zone)
        return format_date(day, format="long", locale=self.locale)

    def money(self, amount: Decimal, currency: str) -> str:
        """Write an amount with as many decimals as its currency has; nothing for an absurd amount or no currency."""
        if not amount.is_finite() or amount.adjusted() > MOST_DIGITS:
            return ""
        if CURRENCY.fullmatch(currency):
            return format_currency(amount, currency, locale=self.locale)
        return ""

    def _in_place(self, values: dict[str, object]) -> dict[str, object]:
        return {name: self.isolated(value) if isinstance(value, str) else value for name, value in values.items()}

    def isolated(self, words: str) -> str:
        """Keep words that read the other way together: they would drag numbers and signs beside them along."""
        if any(unicodedata.bidirectional(c) in STRONG[self.direction] for c in words):
            return f"{FIRST_STRONG_ISOLATE}{words}{POP_ISOLATE}"
        return words


@cache
def available() -> tuple[str, ...]:
    """Return the tags of all languages, the source first."""
    found = {path.parts[-3].replace("_", "-") for path in CATALOGUES.glob("*/LC_MESSAGES/*.po")}
    return (SOURCE, *sorted(found - {SOURCE}))


def choose(*wanted: str) -> str:
    """Return the first language there is along the wishes, each widened ("es-ES", then "es"); else the source."""
    ours = {tag.lower(): tag for tag in available()}
    for wish in wanted:
        for tag in _widened(wish):
            if tag in ours:
                return ours[tag]
    return SOURCE


def speak(tag: str) -> Language:
    """Return a language by its tag, or the nearest one there is."""
    return _load(choose(tag))


def zone_of_country(country: str) -> str | None:
    """Return the zone of a country that keeps one time everywhere, None for all others and for no country."""
    zones = _zones_by_country().get(country.strip().upper(), [])
    times = {tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in (WINTER, SUMMER)) for zone in zones}
    return zones[0] if len(times) == 1 else None


def _widened(wish: object) -> Iterator[str]:
    found = TAG.match(wish.strip()) if isinstance(wish, str) else None
    parts = found.group().replace("_", "-").lower().split("-") if found else []
    while parts:
        yield "-".join(parts)
        parts.pop()


@cache
def _load(tag: str) -> Language:
    locale = Locale.parse(tag, sep="-")
    return Language(tag=tag, direction=locale.text_direction, locale=locale, translations=_read(tag))


def _read(tag: str) -> NullTranslations:
    """Merge all catalogues of a language, compiled in memory: a stale .mo cannot exist."""
    merged: Translations | None = None
    for path in sorted(CATALOGUES.glob(f"{tag.replace('-', '_')}/LC_MESSAGES/*.po")):
        compiled = BytesIO()
        with path.open("rb") as source:
            write_mo(compiled, read_po(source, locale=tag.replace("-", "_")))
        compiled.seek(0)
        found = Translations(compiled)
        merged = merged.merge(found) if merged else found
    return merged or NullTranslations()


def _moved(moment: datetime, zone: str) -> datetime:
    try:
        return moment.astimezone(_zone(zone))
    except OverflowError:  # the year 9999, which some shops use for "never"
        return moment


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # "", "../etc", a folder, a name nobody knows
        return UTC


@cache
def _zones_by_country() -> dict[str, list[str]]:
    known = available_timezones()
    countries: dict[str, list[str]] = {}
    for zone, country in sorted(get_global("zone_territories").items()):
        if zone in known:
            countries.setdefault(country, []).append(zone)
    return countries
