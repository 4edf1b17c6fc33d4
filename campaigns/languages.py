"""Every word a customer reads comes from a catalogue, and dates and prices are written as its language does."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache, lru_cache, partial
from io import BytesIO
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency
from babel.support import NullTranslations, Translations

from campaigns.tags import CATALOGUES, choose

NUMBER = re.compile(r"(\D*)1(\D?)111(?:(\D)(0+))?(\D*)")  # 1111, as a price
CURRENCY = re.compile(r"[A-Z]{3}")
MOST_DIGITS = 15  # more is nobody's order, and Decimal("1E999999") would be written out
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
STRONG = {"ltr": {"R", "AL"}, "rtl": {"L"}}  # what reads against each direction
SURELY_STRONG = {"ltr": re.compile("[\u05d0-\u05ea\u0620-\u064a]"), "rtl": re.compile("[A-Za-z]")}
MAYBE_STRONG = {"ltr": re.compile("[\u0590-\U0010ffff]"), "rtl": re.compile("[A-Za-z\u0080-\U0010ffff]")}
SAMPLES = [Decimal(each) for each in ("0", "7.5", "999.99", "1000", "12345.6", "123456.78", "1234567.895")]
REMEMBERED = 4096
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
        return _written(self.tag, day.year, day.month, day.day)

    def money(self, amount: Decimal, currency: str) -> str:
        """Write an amount with as many decimals as its currency has; nothing for an absurd amount or no currency."""
        if not amount.is_finite() or amount.adjusted() > MOST_DIGITS:
            return ""
        if not CURRENCY.fullmatch(currency):
            return ""
        price = _price(self.tag, currency)
        if price is None or amount.is_signed():
            return str(format_currency(amount, currency, locale=self.locale))
        return price.of(amount)

    def _in_place(self, values: dict[str, object]) -> dict[str, object]:
        return {name: self.isolated(value) if isinstance(value, str) else value for name, value in values.items()}

    def isolated(self, words: str) -> str:
        """Keep words that read the other way together: they would drag numbers and signs beside them along."""
        is_against = SURELY_STRONG[self.direction].search(words) or (
            MAYBE_STRONG[self.direction].search(words)
            and any(unicodedata.bidirectional(c) in STRONG[self.direction] for c in words)
        )
        return f"{FIRST_STRONG_ISOLATE}{words}{POP_ISOLATE}" if is_against else words


@dataclass(frozen=True, slots=True)
class _Price:
    """How a language writes amounts of one currency: Babel works that out anew for each amount."""

    before: str
    form: str  # ",.2f"
    signs: dict[int, str]
    after: str

    def of(self, amount: Decimal) -> str:
        return f"{self.before}{format(+amount, self.form).translate(self.signs)}{self.after}"


@lru_cache(maxsize=REMEMBERED)
def speak(tag: str) -> Language:
    """Return a language by its tag, or the nearest one there is."""
    return _load(choose(tag))


def zone_of_country(country: str) -> str | None:
    """Return the zone of a country that keeps one time everywhere, None for all others and for no country."""
    zones = _zones_by_country().get(country.strip().upper(), [])
    times = {tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in (WINTER, SUMMER)) for zone in zones}
    return zones[0] if len(times) == 1 else None


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


@lru_cache(maxsize=REMEMBERED)
def _written(tag: str, year: int, month: int, day: int) -> str:
    return str(format_date(date(year, month, day), format="long", locale=_load(tag).locale))


@lru_cache(maxsize=REMEMBERED)
def _price(tag: str, currency: str) -> _Price | None:
    """Learn from Babel how amounts are written; None where that takes more than commas and points."""
    babel = partial(format_currency, currency=currency, locale=_load(tag).locale)
    found = NUMBER.fullmatch(babel(Decimal(1111)))
    if found is None:
        return None
    before, group, point, decimals, after = found.groups(default="")
    signs = {ord(","): group, ord("."): point}
    price = _Price(before, f",.{len(decimals)}f", signs, after)
    return price if all(price.of(amount) == babel(amount) for amount in SAMPLES) else None


def _moved(moment: datetime, zone: str) -> datetime:
    try:
        return moment.astimezone(_zone(zone))
    except OverflowError:  # the year 9999, which some shops use for "never"
        return moment


@lru_cache(maxsize=REMEMBERED)
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
