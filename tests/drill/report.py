"""A drill ends with one table for each database, and with the ids of whatever broke a promise."""

from collections.abc import Mapping

from tests.drill.judge import Verdict

HEADS = ("letters", "kills", "sent", "doubled", "lost", "in doubt", "allowed", "reminded", "other")
WIDEST_LIST = 10
Outcome = Verdict | str  # or why a scenario was not run


def table(database: str, outcomes: Mapping[str, Outcome]) -> str:
    lines = [f"{database:<12}" + "".join(f"{head:>10}" for head in HEADS)]
    for name, outcome in outcomes.items():
        lines.append(f"{name:<12}" + (_cells(outcome) if isinstance(outcome, Verdict) else f"  SKIPPED: {outcome}"))
    lines += [f"  {name}: {note}" for name, each in outcomes.items() for note in _notes(each)]
    return "\n".join(lines)


def _cells(verdict: Verdict) -> str:
    v = verdict
    cells = [v.letters, v.kills, v.sent, len(v.doubled), len(v.lost), v.in_doubt, v.allowed_doubt, len(v.reminded)]
    return "".join(f"{cell:>10}" for cell in [*cells, len(v.other)]) + ("" if v.holds else "  BROKEN")


def _notes(outcome: Outcome) -> list[str]:
    if isinstance(outcome, str):
        return []
    offenders = {"doubled": outcome.doubled, "lost": outcome.lost, "reminded": outcome.reminded, "": outcome.other}
    lines = list(outcome.notes)
    for head, found in offenders.items():
        lines += [f"{head} {each}".strip() for each in found[:WIDEST_LIST]]
        lines += [f"… and {len(found) - WIDEST_LIST} more"] if len(found) > WIDEST_LIST else []
    return lines
