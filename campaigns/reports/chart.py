"""Draws counts over send dates: across in percent and down in pixels, so that one drawing fits a
phone and a desk. What can still be answered is marked, because its rates will still rise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.reports.counting import Counts
from campaigns.reports.metrics import Estimate, share
from campaigns.reports.words import between, count, day, percent

LONGEST = 8  # weeks drawn at most
SHORTEST = 2  # weeks there is room for at least, or three days would make three walls
BARS_HEIGHT = 132
RATES_HEIGHT = 104
GAP = 0.22  # of a day's width, between two bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day: everybody asked, and at its foot who answered, by the letter that brought them."""

    x: float
    width: float
    asked: float  # heights, in pixels
    invited: float
    reminded: float
    is_open: bool
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The rate of seven days with its interval; a single day says too little."""

    x: float
    y: float
    low: float
    high: float
    is_open: bool
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    bars: tuple[Bar, ...]
    asked: tuple[Tick, ...]
    weeks: tuple[Week, ...]
    rates: tuple[Tick, ...]
    days: tuple[Tick, ...]
    title: str
    bars_height: int = BARS_HEIGHT
    rates_height: int = RATES_HEIGHT

    @property
    def has_open_days(self) -> bool:
        return any(bar.is_open for bar in self.bars)


@dataclass(frozen=True, slots=True)
class _Week:
    x: float
    first: date
    last: date
    counts: Counts
    estimate: Estimate


def draw(by_day: Mapping[date, Counts], today: date, open_since: date) -> Chart | None:
    """Draw the last weeks of a campaign; letters from `open_since` on can still be answered."""
    if not by_day:
        return None
    days = _days(min(by_day), max(by_day), today)
    width = 100 / len(days)
    asked_top = ceiling(max(by_day.get(each, Counts()).eligible for each in days), 1)
    weeks = _weeks(by_day, days)
    rate_top = ceiling(max((week.estimate.high for week in weeks), default=1), 0.01)
    return Chart(
        bars=tuple(
            _bar(
                place * width,
                width,
                BARS_HEIGHT / asked_top,
                say_day(each, by_day[each]),
                by_day[each],
                each >= open_since,
            )
            for place, each in enumerate(days)
            if each in by_day
        ),
        asked=tuple(Tick(at=BARS_HEIGHT * (1 - part), label=f"{asked_top * part:.0f}") for part in (1, 0.5)),
        weeks=tuple(_week(week, rate_top, week.last >= open_since) for week in weeks),
        rates=tuple(Tick(at=RATES_HEIGHT * (1 - part), label=percent(rate_top * part)) for part in (1, 0.5)),
        days=tuple(Tick(at=(place + 0.5) * width, label=day(days[place])) for place in range(3, len(days), 7)),
        title=f"Asked and answered by day of sending, {day(days[0])} to {day(days[-1])}",
    )


def ceiling(value: float, unit: float) -> float:
    """Return the next round number of units at or above a value, whose half is round too."""
    while True:
        for step in (2, 4, 6, 8, 10, 12, 16):
            if value <= step * unit + 1e-9:
                return step * unit
        unit *= 10


def say_day(each: date, counts: Counts) -> str:
    return f"{day(each)}: {counts.responses} of {count(counts.eligible, 'person', 'people')} asked answered"


def _days(first: date, last: date, today: date) -> list[date]:
    """Return whole weeks of days up to today, or up to the last letter where that is long ago."""
    if last > today - timedelta(weeks=LONGEST):
        last = max(last, today)
    weeks = min(LONGEST, max(SHORTEST, -(-((last - first).days + 1) // 7)))
    return [last - timedelta(days=ago) for ago in reversed(range(7 * weeks))]


def _bar(x: float, width: float, scale: float, title: str, counts: Counts, is_open: bool) -> Bar:
    return Bar(
        x=x + width * GAP / 2,
        width=width * (1 - GAP),
        asked=counts.eligible * scale,
        invited=counts.by_invitation * scale,
        reminded=counts.by_reminder * scale,
        is_open=is_open,
        title=f"{title}, still coming in" if is_open else title,
    )


def _weeks(by_day: Mapping[date, Counts], days: list[date]) -> list[_Week]:
    weeks = []
    for start in range(0, len(days), 7):
        week = days[start : start + 7]
        counts = sum((by_day[each] for each in week if each in by_day), Counts())
        if estimate := share(counts.responses, counts.eligible):
            weeks.append(_Week((start + 3.5) * 100 / len(days), week[0], week[-1], counts, estimate))
    return weeks


def _week(week: _Week, top: float, is_open: bool) -> Week:
    scale, estimate = RATES_HEIGHT / top, week.estimate
    said = f"{day(week.first)} to {day(week.last)}: {percent(estimate.value)}, {between(estimate.low, estimate.high)}"
    said += f", of {number_asked(week.counts)}"
    return Week(
        x=week.x,
        y=RATES_HEIGHT - estimate.value * scale,
        low=RATES_HEIGHT - estimate.low * scale,
        high=RATES_HEIGHT - estimate.high * scale,
        is_open=is_open,
        title=f"{said}, still coming in" if is_open else said,
    )


def number_asked(counts: Counts) -> str:
    return f"{count(counts.eligible, 'person', 'people')} asked"
