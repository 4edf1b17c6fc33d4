"""Figures in plain words, uncertainty included: "between 14 % and 21 %, from 312 letters"."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.catalog.definition import Definition, Trigger
from campaigns.enrollment.eligibility import SENTENCES
from campaigns.merchants.merchant import Merchant

NARROW = "\u202f"  # a narrow space that does not break
HAPPENS = {
    Trigger.PLACED: "an order is placed",
    Trigger.PAID: "an order is paid",
    Trigger.FULFILLED: "an order is fulfilled",
    Trigger.DELIVERED: "an order is delivered",
}
_BECAUSE = {reason.value: sentence for reason, sentence in SENTENCES.items()}


def percent(value: float) -> str:
    """Whole percents, and tenths where a whole one would say too little."""
    hundredths = value * 100
    if 0 < hundredths < 0.05:
        return f"under 0.1{NARROW}%"
    if 99.95 <= hundredths < 100:
        return f"over 99.9{NARROW}%"
    is_fine = 0 < hundredths < 9.95 or 99.5 <= hundredths < 100
    return f"{hundredths:.1f}{NARROW}%" if is_fine else f"{hundredths:.0f}{NARROW}%"


def between(low: float, high: float) -> str:
    return f"between {percent(low)} and {percent(high)}"


def points(value: float) -> str:
    """A net promoter score, with its sign."""
    rounded = round(value)
    return f"+{rounded}" if rounded > 0 else str(rounded).replace("-", "\u2212")


def given(score: int, highest: int) -> str:
    """Say a score with the end of its scale; a thumb has only two ways to point."""
    if highest == 1:
        return "Up" if score else "Down"
    return f"{score} of {highest}"


def number(value: int) -> str:
    return f"{value:,}".replace(",", NARROW)


def count(value: int, one: str, many: str) -> str:
    """Say how many of what: "1 letter", "312 letters"."""
    return f"{number(value)} {one if value == 1 else many}"


def because(reason: str) -> str:
    """Say the reason of a verdict as it is said everywhere."""
    return _BECAUSE.get(reason, reason.replace("_", " ").capitalize() + ".")


def span(duration: timedelta) -> str:
    """Say how long something takes, in the largest unit that fits: "3 days", "90 minutes"."""
    seconds = int(duration.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds and seconds % length == 0:
            return count(seconds // length, unit, f"{unit}s")
    return count(seconds, "second", "seconds")


def plan(definition: Definition) -> str:
    """Say what a campaign does, in one line."""
    wait = f"{span(definition.delay)} after" if definition.delay else "as soon as"
    said = [f"Asks {wait} {HAPPENS[definition.trigger]}"]
    if definition.reminder_after is not None:
        said.append(f"reminds {span(definition.reminder_after)} later")
    return ", ".join([*said, f"closes after {span(definition.closes_after)}"])


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def day(value: date) -> str:
    """A day as people here write it: "21 Nov"."""
    return f"{value.day} {value:%b}"


def moment(value: datetime, zone: str) -> str:
    """A time of a day, in a zone: "21 Nov, 09:12"."""
    there = local(value, zone)
    return f"{day(there)}, {there:%H:%M}"


def today(merchant: Merchant, now: datetime) -> date:
    return local(now.astimezone(UTC), merchant.timezone).date()
