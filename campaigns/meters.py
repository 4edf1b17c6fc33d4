"""What is counted while work is done, over all processes of this machine, at less than two microseconds a call.

Counted for each batch, not for each letter, and under few names: outcomes, reply codes, doors, kinds of
bucket. Never under an address, nor a number that belongs to one merchant or message.
"""

import os
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path

from campaigns.exposition import SUM, Gauge, Meter, exposition
from campaigns.tally import Tally

QUICK = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
SLOW = (0.1, 0.5, 1, 2, 5, 10, 20, 30, 45, 60, 90, 120)

LETTERS = Meter(
    name="askwell_letters_total",
    help="Letters by what became of them; one that was deferred twice is counted twice.",
    labels=("outcome",),
)
REPLIES = Meter(
    name="askwell_smtp_replies_total", help="Letters by the reply code of the mail server.", labels=("code",)
)
SHIFTS = Meter(name="askwell_shift_seconds", help="How long shifts lasted, in seconds.", bounds=SLOW)
SHIFT_LETTERS = Meter(name="askwell_shift_letters_total", help="Letters that shifts dealt with.")
CLAIMS = Meter(
    name="askwell_claim_seconds", help="How long it took to claim a batch of letters, in seconds.", bounds=QUICK
)
WAITS = Meter(
    name="askwell_bucket_wait_seconds",
    help="How long letters were held back for their pace, in seconds.",
    labels=("bucket",),
    bounds=(*QUICK, 30, 60),
)
REQUESTS = Meter(
    name="askwell_requests_total", help="Requests by door and status of the answer.", labels=("door", "status")
)
REQUEST_SECONDS = Meter(
    name="askwell_request_seconds",
    help="How long doors took to answer, in seconds.",
    labels=("door",),
    bounds=QUICK,
)
NEWS = Meter(
    name="askwell_news_total",
    help="What was said of letters after they left, by who said it; repetitions are counted too.",
    labels=("source", "news"),
)
METERS = (LETTERS, REPLIES, NEWS, SHIFTS, SHIFT_LETTERS, CLAIMS, WAITS, REQUESTS, REQUEST_SECONDS)

_tally = Tally()


def keep_in(folder: Path) -> None:
    """Share what this process counts with the others of this machine; called once, at its start."""
    global _tally  # noqa: PLW0603  # a process counts in one place
    _tally = Tally(folder)


def _begin_anew() -> None:
    """A forked child counts for itself; what its parent counted stays the parent's."""
    if _tally.folder is not None:
        keep_in(_tally.folder)


os.register_at_fork(after_in_child=_begin_anew)


def count_letters(outcome: str, number: int) -> None:
    """Count letters of a batch that came to an outcome: sent, deferred, failed, in_doubt, cancelled."""
    _tally.add(f"{LETTERS.name}\t{outcome}", number)


def count_reply(code: int, number: int) -> None:
    """Count letters that the mail server answered with a code."""
    _tally.add(f"{REPLIES.name}\t{code}", number)


def count_news(source: str, news: str, number: int = 1) -> None:
    """Count news of letters by where it came from: delivered, bounced, and so on, or ignored."""
    _tally.add(f"{NEWS.name}\t{source}\t{news}", number)


def note_shift(seconds: float, letters: int) -> None:
    _note(SHIFTS, seconds)
    _tally.add(SHIFT_LETTERS.name, letters)


def note_claim(seconds: float) -> None:
    _note(CLAIMS, seconds)


def note_wait(bucket: str, seconds: float) -> None:
    """Note a wait at a kind of bucket: relay, domain, merchant; what follows a colon is of one of them, and dropped."""
    _note(WAITS, seconds, bucket.partition(":")[0])


def note_request(door: str, status: int, seconds: float) -> None:
    _tally.add(f"{REQUESTS.name}\t{door}\t{status}")
    _note(REQUEST_SECONDS, seconds, door)


def letters_so_far(outcome: str) -> float:
    """Return how many letters of this machine ever came to an outcome."""
    return _tally.totals().get(f"{LETTERS.name}\t{outcome}", 0)


def text(gauges: Iterable[Gauge] = ()) -> str:
    """Return everything that was counted on this machine, and some gauges, as Prometheus reads it."""
    return exposition(METERS, _tally.totals(), gauges)


def _note(meter: Meter, seconds: float, *labels: str) -> None:
    start = "\t".join((meter.name, *labels))
    _tally.add(f"{start}\t{_STEPS[meter.name][bisect_left(meter.bounds, seconds)]}")
    _tally.add(f"{start}\t{SUM}", seconds)


_STEPS = {meter.name: meter.steps for meter in METERS}
