"""Resend's webhooks: one event each, signed as Standard Webhooks are.

https://resend.com/docs/dashboard/webhooks/event-types
"""

import re

from campaigns.delivery.esp.told import (
    Bounce,
    Object,
    Reading,
    Told,
    an_object,
    digest,
    header_named,
    moment,
    parsed,
    plain_address,
    texts,
    words,
)
from campaigns.delivery.event import Kind, News
from campaigns.errors import UnreadablePayload

NEWS = {
    "email.delivered": News.DELIVERED,
    "email.delivery_delayed": News.DELAYED,
    "email.bounced": News.BOUNCED,
    "email.suppressed": News.BOUNCED,
    "email.failed": News.BOUNCED,
    "email.complained": News.COMPLAINED,
}
BOUNCES = {"Permanent": Kind.HARD, "Transient": Kind.SOFT, "Undetermined": Kind.UNKNOWN}
SUBTYPES = {
    "MailboxFull": Kind.SOFT,
    "MessageTooLarge": Kind.CONTENT,
    "ContentRejected": Kind.CONTENT,
    "AttachmentRejected": Kind.CONTENT,
    "Suppressed": Kind.HARD,
    "OnAccountSuppressionList": Kind.HARD,
}
# Its list of addresses it writes to no more; it tells them as bounces.
IS_LISTED = re.compile(r"suppress|hard bounce", re.I)


def read(body: bytes) -> Reading:
    event = parsed(body)
    if not isinstance(event, dict) or not words(event, "type"):
        raise UnreadablePayload("The body is not an event of Resend's.")
    news = NEWS.get(words(event, "type"))
    data = an_object(event.get("data"))
    recipients = texts(data.get("to")) if news else []
    for address in recipients:
        yield _told(event, data, NEWS[words(event, "type")], address)
    if not recipients:
        yield None


def _told(event: Object, data: Object, news: News, address: str) -> Told:
    bounce = _bounce(words(event, "type"), an_object(data.get("bounce"))) if news is News.BOUNCED else None
    return Told(
        news=news,
        address=plain_address(address),
        key=digest([event.get("type"), event.get("created_at"), data.get("email_id"), address]),
        at=moment(words(event, "created_at")),
        kind=bounce.kind if bounce else None,
        code=bounce.code if bounce else None,
        status=bounce.status if bounce else "",
        header=header_named(data.get("headers"), "message-id"),
        reference=words(data, "email_id"),
        sender=plain_address(words(data, "from")),
    )


def _bounce(name: str, about: Object) -> Bounce:
    if name == "email.failed":  # by Resend: a quota, a domain that is not verified
        return Bounce(Kind.SENDER, None, "")
    said = words(about, "message")
    called = SUBTYPES.get(words(about, "subType")) or BOUNCES.get(words(about, "type"))
    if called is None:
        called = Kind.HARD if name == "email.suppressed" or IS_LISTED.search(said) else Kind.UNKNOWN
    if IS_LISTED.search(said):  # words of Resend's, not of a server
        return Bounce(called, None, "")
    return Bounce.read(said, called)
