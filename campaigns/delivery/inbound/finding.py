"""What a mail turns out to be, before anybody asks which letter it is about."""

from dataclasses import dataclass
from enum import StrEnum

from campaigns.delivery.event import Kind, News


class Sort(StrEnum):
    """What a mail is; the order in which a mail is tried for each."""

    BOUNCE = "bounce"
    DELAY = "delay"
    DELIVERY = "delivery"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    FEEDBACK = "feedback"  # of a feedback loop, and no complaint
    AUTO_REPLY = "auto_reply"
    REPLY = "reply"  # a person wrote it
    OTHER = "other"


SORTS = {
    News.BOUNCED: Sort.BOUNCE,
    News.DELAYED: Sort.DELAY,
    News.DELIVERED: Sort.DELIVERY,
    News.COMPLAINED: Sort.COMPLAINT,
    News.UNSUBSCRIBED: Sort.UNSUBSCRIBE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    sort: Sort
    source: str  # of the event that follows, where one does: dsn, arf, reply
    address: str = ""  # whom it is about
    kind: Kind | None = None  # of a bounce
    code: int | None = None
    status: str = ""

    @property
    def news(self) -> News | None:
        return next((news for news, sort in SORTS.items() if sort is self.sort), None)
