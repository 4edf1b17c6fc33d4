"""What a drill showed, from two books alone: what the server took, and what the rows say of it."""

from collections import defaultdict
from dataclasses import dataclass, field

from tests.drill.auditor import Log, Taken

PENDING = frozenset({"scheduled", "deferred"})
ENDED = frozenset({"failed", "cancelled"})
LEFT = frozenset({"sent", "delivered", "bounced", "complained"})
SHOWN = LEFT | {"in_doubt"}  # what a row may say of a letter the server has
MOST_CONNECTIONS = 4  # of one worker, to one server
AFTER_A_KILL = 5.0  # seconds within which the server notices that a client died
PAUSE_TAKES = 2.0  # seconds, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A message as the database knows it in the end."""

    message_id: int
    to: str
    kind: str
    state: str
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Events:
    """What the drill did, and when; moments are seconds of the wall clock."""

    expected: int = 0  # letters there must be a row for
    kills: list[float] = field(default_factory=list)
    more_doubt: int = 0  # letters the drill itself made unknowable, other than by a kill
    silenced: dict[str, float] = field(default_factory=dict)  # recipient → when a door accepted what stops reminders
    pauses: list[tuple[str, float, float]] = field(default_factory=list)  # of what, from, until
    reasons: frozenset[str] = frozenset()  # why a letter may end unsent here
    notes: list[str] = field(default_factory=list)
    played: int = 0  # times that letters were leaving when the drill struck


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    letters: int
    kills: int
    sent: int
    doubled: tuple[str, ...]
    lost: tuple[str, ...]
    in_doubt: int
    allowed_doubt: int
    reminded: tuple[str, ...]  # although answered
    other: tuple[str, ...]  # rows that say what is not so, letters that never come to rest, pauses not kept
    notes: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not (self.doubled or self.lost or self.reminded or self.other) and self.in_doubt <= self.allowed_doubt


def judge(kind: str, log: Log, rows: list[Row], events: Events) -> Verdict:
    """Judge the letters of one kind; offenders are named by message id, never by address."""
    taken: dict[str, list[Taken]] = defaultdict(list)
    for each in log.taken:
        if each.kind == kind:
            taken[each.to].append(each)
    mine = [row for row in rows if row.kind == kind]
    ids = {row.to: row.message_id for row in mine}
    return Verdict(
        letters=events.expected,
        kills=len(events.kills),
        sent=len(taken),
        doubled=tuple(f"message {ids.get(to, '?')}: {len(all_)} times" for to, all_ in taken.items() if len(all_) > 1),
        lost=tuple(_lost(mine, taken, events)),
        in_doubt=sum(row.state == "in_doubt" for row in mine),
        allowed_doubt=_died_with(log, events) + len(log.unsaid) + events.more_doubt,
        reminded=tuple(_reminded(mine, taken, events)),
        other=(*_unplayed(events), *_untrue(mine, taken, events), *_after_pause(mine, taken, events)),
        notes=(*events.notes, *_needless(mine, taken)),
    )


def _needless(rows: list[Row], taken: dict[str, list[Taken]]) -> list[str]:
    """Tell how much of the doubt the server had answered: allowed, and yet worth a look."""
    said = [row for row in rows if row.state == "in_doubt" and any(each.is_said for each in taken.get(row.to, []))]
    return [f"{len(said)} of those in doubt had been answered by the server"] if said else []


def _unplayed(events: Events) -> list[str]:
    return [] if events.played else ["nothing was shown: no letters were leaving when the drill struck"]


def _lost(rows: list[Row], taken: dict[str, list[Taken]], events: Events) -> list[str]:
    known = PENDING | ENDED | {"in_doubt"}
    lost = [f"message {row.message_id}: {row.state}" for row in rows if row.to not in taken and row.state not in known]
    if missing := events.expected - len(rows):
        lost.append(f"{missing} messages have no row")
    return lost


def _untrue(rows: list[Row], taken: dict[str, list[Taken]], events: Events) -> list[str]:
    found = []
    for row in rows:
        is_there = row.to in taken
        if is_there and row.state not in SHOWN:
            found.append(f"message {row.message_id}: the server has it, its row says {row.state} {row.reason}")
        elif row.state in PENDING or row.state == "sending":
            found.append(f"message {row.message_id}: never came to rest, {row.state}")
        elif not is_there and row.state in ENDED and row.reason not in events.reasons:
            found.append(f"message {row.message_id}: {row.state} for no good reason ({row.reason or 'none'})")
    return found


def _died_with(log: Log, events: Events) -> int:
    """Count the connections that ended with a killed worker: each may have held one letter."""
    count = 0
    for opened_at, ended_at in log.broken:
        count += any(opened_at <= kill <= ended_at <= kill + AFTER_A_KILL for kill in events.kills)
    return min(count, MOST_CONNECTIONS * len(events.kills))


def _reminded(rows: list[Row], taken: dict[str, list[Taken]], events: Events) -> list[str]:
    found = []
    for row in rows:
        since = events.silenced.get(row.to)
        late = [each.mail_at - since for each in taken.get(row.to, []) if since and each.mail_at > since]
        found += [f"message {row.message_id}: begun {seconds * 1000:.1f} ms after the answer" for seconds in late]
    return found


def _after_pause(rows: list[Row], taken: dict[str, list[Taken]], events: Events) -> list[str]:
    found = []
    for what, since, until in events.pauses:
        for row in rows:
            late = [
                each.mail_at - since for each in taken.get(row.to, []) if since + PAUSE_TAKES < each.mail_at < until
            ]
            found += [f"message {row.message_id}: begun {after:.1f} s after a pause of {what}" for after in late]
    return found
