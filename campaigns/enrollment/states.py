"""The states of a message and every move there is; whatever is not in the table changes nothing."""

from enum import StrEnum


class MessageKind(StrEnum):
    INVITATION = "invitation"
    REMINDER = "reminder"


class MessageState(StrEnum):
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"


S = MessageState
MOVES: dict[MessageState, frozenset[MessageState]] = {
    S.SCHEDULED: frozenset({S.SENDING, S.CANCELLED, S.IN_DOUBT}),  # in doubt where a backup was restored
    S.DEFERRED: frozenset({S.SENDING, S.CANCELLED, S.IN_DOUBT}),
    S.SENDING: frozenset({S.SENT, S.DEFERRED, S.FAILED, S.CANCELLED, S.IN_DOUBT, S.SCHEDULED}),
    S.IN_DOUBT: frozenset({S.SENT, S.DELIVERED, S.BOUNCED, S.COMPLAINED, S.FAILED}),  # and below, by proof only
    S.SENT: frozenset({S.DELIVERED, S.BOUNCED, S.COMPLAINED}),
    S.DELIVERED: frozenset({S.BOUNCED, S.COMPLAINED}),
    S.BOUNCED: frozenset(),
    S.COMPLAINED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset({S.SCHEDULED}),  # its person says that it was called off too early; it never left
}
LEFT = frozenset({S.SENT, S.DELIVERED, S.BOUNCED, S.COMPLAINED})  # a server took the letter
PENDING = frozenset({S.SCHEDULED, S.DEFERRED})
HELD = frozenset({S.SENDING, S.IN_DOUBT})  # what a lease may still speak of
