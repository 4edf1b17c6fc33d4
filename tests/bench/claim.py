"""What a claim and a heartbeat cost among ten thousand, a million and ten million messages."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event, text

from campaigns import clock
from campaigns.delivery.jobs import send_due
from campaigns.heartbeat import tick
from tests.bench.figures import ms, table
from tests.bench.options import Options
from tests.bench.place import Place, open_place
from tests.bench.seed import DUE_AT, Past, fill, open_shop
from tests.bench.wire import program

MESSAGES = {"10 thousand": 10_000, "1 million": 1_000_000, "10 million": 10_000_000}
MERCHANTS = 20
DUE = 200
LOOKS = 30
CLAIMS = 9
SET = re.compile(r"UPDATE message SET (.*?) WHERE", re.I | re.S)
WAKE = """UPDATE message SET state = 'scheduled', due_at = :due, attempts = 0, lease = NULL, leased_until = NULL,
    intended_at = NULL, sent_at = NULL, sent_on = NULL, reply_code = NULL WHERE merchant_id = :merchant AND id IN
    (SELECT id FROM message WHERE merchant_id = :merchant AND kind = 'invitation' AND state = 'sent'
    ORDER BY id LIMIT :count)"""


class Stopwatch:
    """Adds up what statements take, and remembers how much it was when the first batch was claimed."""

    def __init__(self) -> None:
        self.total = 0.0
        self.until_claimed: float | None = None
        self._began_at = 0.0

    def begin(self, connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        self._began_at = time.perf_counter()

    def end(self, connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        self.total += time.perf_counter() - self._began_at
        if self.until_claimed is None and claims(statement, parameters):
            self.until_claimed = self.total


def claims(statement: str, parameters: Any) -> bool:
    """Whether a statement makes messages somebody's to send: the state it sets is `sending`."""
    found = SET.search(statement)
    if not found:
        return False
    columns = [column.partition("=")[0].strip() for column in found[1].split(",")]
    if "state" not in columns:
        return False
    if isinstance(parameters, dict):
        return parameters.get("state") == "sending"
    return "'sending'" in found[1] or parameters[columns.index("state")] == "sending"


@contextmanager
def watching(engine: Engine) -> Iterator[Stopwatch]:
    watch = Stopwatch()
    event.listen(engine, "before_cursor_execute", watch.begin)
    event.listen(engine, "after_cursor_execute", watch.end)
    try:
        yield watch
    finally:
        event.remove(engine, "before_cursor_execute", watch.begin)
        event.remove(engine, "after_cursor_execute", watch.end)


def run(options: Options) -> Iterator[str]:
    sizes = dict(list(MESSAGES.items())[: 3 if options.is_large else 2])
    for kind in options.kinds:
        rows, before = [], None
        for name, size in sizes.items():
            found = _measure(kind, size)
            medians = [sorted(each)[len(each) // 2] for each in found]
            growth = [f"{one / other:.2f}" for one, other in zip(medians, before, strict=True)] if before else ["-"] * 3
            cells = [cell for each, more in zip(found, growth, strict=True) for cell in (ms(each), more)]
            rows.append((f"{kind}, {name}", *cells))
            before = medians
        head = ("messages", "claim", "grew by", f"all statements of {DUE} letters", "grew by", "heartbeat", "grew by")
        yield table(head, rows)
    yield f"claim: n = {CLAIMS}, all statements until a batch is claimed; heartbeat: n = {LOOKS}, every queue, nothing due"
    if not options.is_large:
        yield "10 million messages take minutes and 10 GB to make: --large"


def _measure(kind: str, messages: int) -> tuple[list[float], list[float], list[float]]:
    """Return what claims, whole shifts of a few letters and heartbeats took, in seconds."""
    with program("sink") as sink, open_place(kind) as made:
        place = made.sending_to(sink.port)
        merchant = _populate(place, messages)
        claimed, shifts = [], []
        for _ in range(CLAIMS):
            _wake(place, merchant)
            with watching(place.house.database.engine) as watch:
                send_due(place.house)
            claimed.append(watch.until_claimed or watch.total)
            shifts.append(watch.total)
        tick(place.house)
        return claimed, shifts, [_timed(lambda: tick(place.house)) for _ in range(LOOKS)]


def _populate(place: Place, messages: int) -> int:
    """Write an invitation and a reminder to half as many people, over many merchants; returns one of these."""
    with place.house.database.transaction() as session:
        spots = [spot for _ in range(MERCHANTS) for spot in open_shop(session, place.house.vault)]
    fill(place, spots, messages // 2, Past())
    place.tidy()
    return spots[MERCHANTS // 2].merchant_id


def _wake(place: Place, merchant: int) -> None:
    values = {"due": clock.now() - timedelta(minutes=1), "merchant": merchant, "count": DUE}
    with place.house.database.transaction() as session:
        session.execute(text(WAKE).bindparams(DUE_AT), values)
    place.tidy()


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
