"""What became of one order, told in words: asked, reminded, answered, or why not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from campaigns.audience.asking import Asking
from campaigns.catalog.definition import Trigger
from campaigns.enrollment.eligibility import waits_for_trouble
from campaigns.enrollment.enrollment import Enrollment, Verdict
from campaigns.enrollment.message import Message
from campaigns.enrollment.note import Note
from campaigns.enrollment.states import MessageState
from campaigns.intake.event import EventKind
from campaigns.intake.purchase import Purchase
from campaigns.reports.words import because, given, moment
from campaigns.responses.response import Response, ResponseStatus
from campaigns.responses.trust import Level

S = MessageState
HAPPENED = {
    EventKind.PLACED: "placed",
    EventKind.PAID: "paid",
    EventKind.FULFILLED: "fulfilled",
    EventKind.DELIVERED: "delivered",
    EventKind.REFUNDED: "refunded",
    EventKind.CANCELLED: "cancelled",
}


class Turn(StrEnum):
    """How a story stands, for the eye."""

    ASKED = "asked"
    ANSWERED = "answered"
    PLANNED = "planned"
    NOT_ASKED = "not-asked"
    TROUBLE = "trouble"  # needs a person


@dataclass(frozen=True, slots=True)
class Story:
    turn: Turn
    head: str
    rest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What there is to tell of one purchase and one campaign."""

    purchase: Purchase
    trigger: Trigger
    enrollment: Enrollment | None
    invitation: Message | None
    reminder: Message | None
    response: Response | None
    note: Note | None = None  # the latest thing said instead of an answer
    asking: Asking = Asking.ALWAYS
    highest: int  # score there is
    zone: str


def happened(purchase: Purchase, zone: str) -> str:
    """Say what happened to an order, in the order it happened."""
    moments = sorted((at, word) for kind, word in HAPPENED.items() if (at := purchase.moment(kind)) is not None)
    said = ", ".join(f"{word} {moment(at, zone)}" for at, word in moments)
    return said[:1].upper() + said[1:] or "Received"


def tell(facts: Facts) -> Story:
    enrollment = facts.enrollment
    if enrollment is None:
        return _undecided(facts)
    if enrollment.verdict == Verdict.SKIPPED:
        return Story(Turn.NOT_ASKED, "Not asked", because(enrollment.reason))
    if facts.invitation is None:
        return Story(Turn.PLANNED, "To be asked")
    if facts.response is not None and facts.response.status != ResponseStatus.WITHDRAWN:
        return _answered(facts, facts.response)
    story = _letter(facts, facts.invitation)
    return replace(story, rest=f"{story.rest}. {facts.note.sentence}") if facts.note else story


def _undecided(facts: Facts) -> Story:
    if facts.purchase.is_undecided:
        return Story(Turn.PLANNED, "Being decided")
    if facts.purchase.moment(EventKind(facts.trigger.value)) is None:
        return Story(Turn.PLANNED, "Waiting", f"for {facts.trigger.value}")
    if reason := waits_for_trouble(facts.asking, facts.purchase.refunded_at):
        return Story(Turn.PLANNED, "Waiting", because(reason))
    return Story(Turn.NOT_ASKED, "Not decided", "This campaign began after the order was looked at.")


def _answered(facts: Facts, response: Response) -> Story:
    if response.level == Level.SUSPECT:
        return Story(Turn.ASKED, "Asked", "A machine seems to have answered; that is not counted.")
    said = f"{given(response.score, facts.highest)} on {moment(response.answered_at, facts.zone)}"
    return Story(Turn.ANSWERED, "Answered", said if response.level == Level.CONFIRMED else f"{said}, not yet confirmed")


def _letter(facts: Facts, letter: Message) -> Story:
    state, zone = MessageState(letter.state), facts.zone
    due, left = moment(letter.due_at, zone), moment(letter.sent_at or letter.updated_at, zone)
    stories: dict[MessageState, Callable[[], Story]] = {
        S.SCHEDULED: lambda: Story(Turn.PLANNED, "To be asked", f"on {due}"),
        S.DEFERRED: lambda: Story(Turn.PLANNED, "Put off", f"by the mail server; next try {due}"),
        S.SENDING: lambda: Story(Turn.PLANNED, "Being asked", "The letter is on its way."),
        S.BOUNCED: lambda: Story(Turn.NOT_ASKED, "Bounced", f"The letter of {left} came back."),
        S.COMPLAINED: lambda: Story(Turn.NOT_ASKED, "Reported as spam", f"Asked on {left}."),
        S.FAILED: lambda: Story(Turn.NOT_ASKED, "Refused", "The mail server did not take the letter."),
        S.CANCELLED: lambda: Story(Turn.NOT_ASKED, "Not asked", because(letter.reason)),
        S.IN_DOUBT: lambda: Story(
            Turn.TROUBLE, "In doubt", "The letter may have left; it is not sent again by itself."
        ),
    }
    story = stories.get(state, lambda: Story(Turn.ASKED, "Asked", _asked(left, facts.reminder, zone)))
    return story()


def _asked(left: str, reminder: Message | None, zone: str) -> str:
    said = f"on {left}"
    if reminder is None:
        return said
    if reminder.state in {S.SENT, S.DELIVERED, S.BOUNCED, S.COMPLAINED}:
        return f"{said}, reminded {_when(reminder.sent_at, zone)}"
    if reminder.state in {S.SCHEDULED, S.DEFERRED, S.SENDING}:
        return f"{said}, reminder due {_when(reminder.due_at, zone)}"
    return said


def _when(at: datetime | None, zone: str) -> str:
    return moment(at, zone) if at is not None else "since"
