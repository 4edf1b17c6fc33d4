"""What the world says of a letter after it left, in one shape whoever says it: a bounce mail, a complaint, an ESP."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# What came as a mail proves only that whoever wrote it had the letter, and its customer has; a mail server that is
# asked, and a mail service that signs, speak for themselves.
BY_MAIL = frozenset({"dsn", "arf", "reply", "ses_mail"})


class News(StrEnum):
    DELIVERED = "delivered"
    DELAYED = "delayed"  # a server still tries
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class Kind(StrEnum):
    """What a bounce is about; only the first is the end of an address at once."""

    HARD = "hard"  # there is no such address
    DISABLED = "disabled"  # hard the second time within thirty days
    SOFT = "soft"  # full, busy, expired
    SENDER = "sender"  # our fault, or our relay's: the recipient is never blamed
    CONTENT = "content"  # this letter's size or shape
    UNKNOWN = "unknown"  # soft; hard the third time within thirty days


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing said of one letter to one recipient.

    `message_id` is a row's id, None where the news names none of our letters; `key` is the same for the same
    news told twice (an ESP's event id, or a digest of a mail); `code` is three digits, `status` enhanced ("5.1.1").
    """

    source: str  # dsn, arf, reply, ses_mail, smtp, ses, sendgrid, mailgun, postmark, resend
    key: str
    news: News
    at: datetime
    message_id: int | None
    address: str | None  # whom it is about, to find a letter by; never stored or logged
    kind: Kind | None = None  # of a bounce
    code: int | None = None
    status: str = ""
    merchant_id: int | None = None  # whose account told it: then no letter of anybody else is touched
    reference: str = ""  # the ESP's own name for the letter: later news may know it by nothing else
