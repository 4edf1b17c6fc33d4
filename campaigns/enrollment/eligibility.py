"""Whether a purchase is asked about: one column of guards, each with the reason everybody will read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaigns.audience.asking import A_YEAR, Asking
from campaigns.catalog.definition import Hours
from campaigns.enrollment.schedule import into_hours

RULES = "3"  # raised whenever a guard is added, taken away or moved
STALE_AFTER = timedelta(days=7)  # asking later than this after the planned day asks about a memory


class Reason(StrEnum):
    ELIGIBLE = "eligible"
    TEST_ORDER = "test_order"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    NO_ADDRESS = "no_address"
    INVALID_ADDRESS = "invalid_address"
    RELAY_ADDRESS = "relay_address"
    MERCHANT_INACTIVE = "merchant_inactive"
    CAMPAIGN_PAUSED = "campaign_paused"
    TOO_OLD = "too_old"
    RESTORED = "restored"
    UNSUBSCRIBED = "unsubscribed"
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    ERASED = "erased"
    MANUAL = "manual"
    NOT_WANTED = "not_wanted"
    ASKED_THIS_YEAR = "asked_this_year"
    NOTHING_WRONG = "nothing_wrong"  # so far; keeps waiting, and is never a verdict
    COOLDOWN = "cooldown"
    ANSWERED = "answered"  # stops a reminder; never a verdict
    HELD = "held"  # holds it back; never a verdict


SENTENCES: dict[Reason, str] = {
    Reason.ELIGIBLE: "Everything allows it.",
    Reason.TEST_ORDER: "The shop marked it as a test order.",
    Reason.CANCELLED: "The order was cancelled.",
    Reason.REFUNDED: "Everything in it was refunded.",
    Reason.NO_ADDRESS: "The shop sent no email address with it.",
    Reason.INVALID_ADDRESS: "The email address it came with cannot be written to.",
    Reason.RELAY_ADDRESS: "The address belongs to a marketplace that lets no shop write to its buyers.",
    Reason.MERCHANT_INACTIVE: "The merchant is switched off.",
    Reason.CAMPAIGN_PAUSED: "The campaign was paused.",
    Reason.TOO_OLD: "It reached us more than a week after the day to ask had passed.",
    Reason.RESTORED: "The customer may have been asked before a backup was restored.",
    Reason.UNSUBSCRIBED: "The customer unsubscribed.",
    Reason.HARD_BOUNCE: "The address does not exist: a letter to it bounced for good.",
    Reason.COMPLAINT: "The customer reported a letter as spam.",
    Reason.ERASED: "The customer asked to be forgotten.",
    Reason.MANUAL: "The customer is on the do-not-ask list.",
    Reason.NOT_WANTED: "The customer chose never to be asked.",
    Reason.ASKED_THIS_YEAR: "The customer chose to be asked once a year, and is asked about another order this year.",
    Reason.NOTHING_WRONG: "The customer chose to be asked only when something went wrong, and so far nothing did.",
    Reason.COOLDOWN: "The customer is asked about another order within the cooldown.",
    Reason.ANSWERED: "The customer has answered.",
    Reason.HELD: "Somebody, or a machine, has answered; which of them is being looked at.",
}
ADDRESS_PROBLEMS = {
    "missing": Reason.NO_ADDRESS,
    "invalid": Reason.INVALID_ADDRESS,
    "relay": Reason.RELAY_ADDRESS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the decision on one purchase and one campaign may look at."""

    is_test: bool
    is_cancelled: bool
    is_refunded: bool
    address_problem: str  # a key of ADDRESS_PROBLEMS, or ""
    merchant_is_active: bool
    campaign_is_paused: bool
    suppression: str | None  # audience.suppression.SuppressionReason
    happened_at: datetime | None  # the campaign's trigger, by the shop's clock
    delay: timedelta
    hours: Hours
    zone: str
    restored_at: datetime | None  # since when nothing is forgotten, where a backup was restored
    cooldown: timedelta
    reminder_after: timedelta | None
    letters: tuple[datetime, ...]  # when this person was or will be written to, for other orders
    asking: Asking = Asking.ALWAYS  # how often this person lets the merchant ask
    trouble_at: datetime | None = None  # since when something went wrong with the order


@dataclass(frozen=True, slots=True)
class Enroll:
    planned_at: datetime
    may_remind: bool = True  # False: the reminder would fall into another letter's cooldown


@dataclass(frozen=True, slots=True)
class Skip:
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """What this campaign or this person waits for has not happened."""

    reason: Reason | None = None  # None: the campaign's own event


Decision = Enroll | Skip | Wait


def decide(facts: Facts, now: datetime) -> Decision:
    """Decide on one purchase and one campaign, in the order a person would ask the questions."""
    if over := over_reason(facts.is_test, facts.is_cancelled, facts.is_refunded):
        return Skip(over)
    if facts.happened_at is None:
        return Wait()
    if facts.address_problem:
        return Skip(ADDRESS_PROBLEMS[facts.address_problem])
    if not facts.merchant_is_active:
        return Skip(Reason.MERCHANT_INACTIVE)
    if facts.campaign_is_paused:
        return Skip(Reason.CAMPAIGN_PAUSED)
    ideal = _asks_about(facts, facts.happened_at) + facts.delay
    if now - ideal > STALE_AFTER:
        return Skip(Reason.TOO_OLD, f"it was to be asked at {ideal:%Y-%m-%d %H:%M} UTC")
    if facts.restored_at is not None and ideal < facts.restored_at:
        return Skip(Reason.RESTORED, f"it was restored at {facts.restored_at:%Y-%m-%d %H:%M} UTC")
    # Objections are honoured at once and for good: GDPR Art. 21(3), RFC 8058.
    if facts.suppression:
        return Skip(Reason(facts.suppression))
    if facts.asking is Asking.NEVER:
        return Skip(Reason.NOT_WANTED)
    if reason := waits_for_trouble(facts.asking, facts.trouble_at):
        return Wait(reason)
    planned = into_hours(max(ideal, now), facts.hours, facts.zone)
    if facts.asking is Asking.YEARLY and (near := _near(facts, planned, A_YEAR)):
        return Skip(Reason.ASKED_THIS_YEAR, f"another letter to this customer is of {max(near):%Y-%m-%d %H:%M} UTC")
    if near := _near(facts, planned, facts.cooldown):
        return Skip(Reason.COOLDOWN, f"another letter to this customer is of {max(near):%Y-%m-%d %H:%M} UTC")
    after = facts.reminder_after
    return Enroll(planned, may_remind=after is None or not _near(facts, planned + after, facts.cooldown))


def waits_for_trouble(asking: Asking, trouble_at: datetime | None) -> Reason | None:
    """Return why an order is not decided on: its buyer wants to be asked only when something goes wrong with one."""
    return Reason.NOTHING_WRONG if asking is Asking.TROUBLE and trouble_at is None else None


def _asks_about(facts: Facts, happened_at: datetime) -> datetime:
    """Return when that happened which is asked about: to some it is not the order, but what went wrong with it."""
    return max(happened_at, facts.trouble_at or happened_at) if facts.asking is Asking.TROUBLE else happened_at


def _near(facts: Facts, moment: datetime, span: timedelta) -> list[datetime]:
    return [letter for letter in facts.letters if abs(moment - letter) < span]


def over_reason(is_test: bool, is_cancelled: bool, is_refunded: bool) -> Reason | None:
    """Return why there is nothing left to ask about, whatever else is true."""
    if is_test:
        return Reason.TEST_ORDER
    if is_cancelled:
        return Reason.CANCELLED
    return Reason.REFUNDED if is_refunded else None
