"""The mail services whose events are understood, and for each how it is believed and how it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from campaigns.delivery.esp import locks, mailgun, postmark, resend, sendgrid, ses
from campaigns.delivery.esp.certificates import Certificates
from campaigns.delivery.esp.locks import Knock, Lock
from campaigns.delivery.esp.told import Reading


class ServiceKind(StrEnum):
    SES = "ses"
    SENDGRID = "sendgrid"
    MAILGUN = "mailgun"
    POSTMARK = "postmark"
    RESEND = "resend"


@dataclass(frozen=True, slots=True)
class Service:
    verify: Callable[[Knock, Lock, Certificates], str]  # returns the delivery's number; raises BadSignature
    read: Callable[[bytes], Reading]  # raises UnreadablePayload


SERVICES = {
    ServiceKind.SES: Service(locks.ses, ses.read),
    ServiceKind.SENDGRID: Service(locks.sendgrid, sendgrid.read),
    ServiceKind.MAILGUN: Service(locks.mailgun, mailgun.read),
    ServiceKind.POSTMARK: Service(locks.postmark, postmark.read),
    ServiceKind.RESEND: Service(locks.resend, resend.read),
}
