"""The progress of campaigns as a terminal shows it: plain lines, cut to its width, coloured where it has colours."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.enrollment.states import MessageState
from campaigns.reports.progress import MOST, WINDOW, WORDS, CampaignProgress, Progress

NAME, BAR = 26, 24
COLOURS = {"sent": 32, "sending": 36, "due": 33, "deferred": 33, "scheduled": 90, "in_doubt": 31, "failed": 31}
BLOCKS = {"sent": "█", "sending": "▓", "due": "▒", "deferred": "▒", "scheduled": "░", "in_doubt": "?", "failed": "x"}
FEW = 3  # halts that are told in full
HOURS = int(WINDOW.total_seconds() // 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    width: int = 100
    height: int = 1000
    has_colours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One look at everything."""

    progress: Progress
    redis: str
    letters_per_second: float | None


def as_json(status: Status) -> dict[str, Any]:
    waits, found = status.progress.backlog, status.progress
    return {
        "at": found.at.isoformat(),
        "redis": status.redis,
        "oldest_due_seconds": _age(found.at, waits.oldest_due_at),
        "letters": {"due": waits.due, "sending": waits.sending, "in_doubt": waits.in_doubt},
        "senders": waits.senders,
        "letters_per_second": status.letters_per_second,
        "waiting": {"receipts": waits.receipts, "purchases": waits.purchases, "answers": waits.answers},
        "halted": {"everything": waits.is_all_halted, "merchants": waits.merchants_halted},
        "halts": [
            {"merchant": each.merchant_id or None, "reason": each.reason, "resume": each.resuming}
            for each in waits.halts
        ],
        "hours": HOURS,
        "counted_up_to": MOST,
        "is_cut": found.is_cut,
        "campaigns": [
            {"campaign": each.campaign_id, "merchant": each.merchant_id, "name": each.name, "paused": each.is_paused}
            | dict(each.letters)
            for each in found.campaigns
        ],
    }


def lines(status: Status, screen: Screen) -> list[str]:
    """Return what the terminal shows, no line wider and no more of them than it has room for."""
    head = [*_head(status), ""]
    room = max(1, screen.height - len(head) - 3)
    shown = [each for each in status.progress.campaigns if each.total] or list(status.progress.campaigns)
    rows = [_row(each, screen) for each in shown[:room]]
    more = len(status.progress.campaigns) - len(rows)
    return [
        *(fit(line, screen.width).rstrip() for line in head),
        *rows,
        fit(_foot(status.progress, more), screen.width),
    ]


def _head(status: Status) -> Iterator[str]:
    waits, at = status.progress.backlog, status.progress.at
    age = _age(at, waits.oldest_due_at)
    rate = "many" if status.letters_per_second is None else f"{status.letters_per_second:,.1f}"
    yield f"Askwell  {at:%Y-%m-%d %H:%M:%S} UTC   database ok   Redis {status.redis}"
    oldest = f", the oldest for {age:,.0f} s" if age is not None else ""
    yield f"{rate} letters/s   {waits.due:,} due{oldest}   {waits.sending:,} sending in {waits.senders} shifts"
    yield (
        f"{waits.in_doubt:,} in doubt   waiting: {waits.receipts:,} webhooks, "
        f"{waits.purchases:,} purchases, {waits.answers:,} answers"
    )
    if waits.is_all_halted or waits.merchants_halted:
        merchants = f"{waits.merchants_halted} merchant{'s' * (waits.merchants_halted != 1)}"
        yield f"PAUSED: {'everything' if waits.is_all_halted else merchants}"
    for each in waits.halts[:FEW]:
        yield f"  {each.reason or 'Held by hand.'}"
        yield f"  Let letters go on: {each.resuming}"


def _row(campaign: CampaignProgress, screen: Screen) -> str:
    name = f"{campaign.name} (paused)" if campaign.is_paused else campaign.name
    numbers = [f"{number:,} {word.replace('_', ' ')}" for word, number in campaign.letters.items() if number]
    told = fit("  ".join(numbers) or f"no letters in {HOURS} hours", max(0, screen.width - NAME - BAR - 2)).rstrip()
    return f"{fit(name, NAME)} {_bar(campaign, screen)} {told}"


def _bar(campaign: CampaignProgress, screen: Screen) -> str:
    """Fill a bar by shares; each boundary is rounded once, so that it is never longer or shorter."""
    drawn, before, total = "", 0, campaign.total
    for word in WORDS:
        if word == MessageState.CANCELLED or not total:
            continue
        upto = before + campaign.letters[word]
        piece = BLOCKS[word] * (round(BAR * upto / total) - round(BAR * before / total))
        before = upto
        drawn += f"\x1b[{COLOURS[word]}m{piece}\x1b[0m" if piece and screen.has_colours else piece
    return drawn or " " * BAR


def _foot(found: Progress, more: int) -> str:
    others = f"{more} more campaigns. " if more > 0 else ""
    cut = f" At least: counting stops at {MOST:,} of a kind." if found.is_cut else ""
    return f"{others}Letters of the last and next {HOURS} hours; in doubt, all.{cut}"


def _age(now: datetime, since: datetime | None) -> float | None:
    return (now - since).total_seconds() if since else None


def fit(text: str, width: int) -> str:
    """Return a text as exactly so many columns; a name cannot steer the terminal."""
    kept, columns = "", 0
    for letter in text:
        letter = letter if letter.isprintable() else " "  # noqa: PLW2901  # escapes and bidi controls among them
        wide = 0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if columns + wide > width:
            break
        kept, columns = kept + letter, columns + wide
    return kept + " " * (width - columns)
