"""Mailgun's webhooks: one event each, which tells the Message-ID we gave a letter.

https://documentation.mailgun.com/docs/mailgun/user-manual/events/events
"""

from campaigns.delivery.esp.told import (
    Bounce,
    Object,
    Reading,
    Told,
    an_object,
    digest,
    moment,
    number,
    parsed,
    plain_address,
    words,
)
from campaigns.delivery.event import Kind, News
from campaigns.errors import UnreadablePayload

NEWS = {
    "delivered": News.DELIVERED,
    "complained": News.COMPLAINED,
    "unsubscribed": News.UNSUBSCRIBED,
    "rejected": News.BOUNCED,
    "failed": News.BOUNCED,
}
# Mailgun's own lists: the letter was not even tried.
LISTED = {
    "suppress-bounce": (News.BOUNCED, Kind.HARD),
    "suppress-complaint": (News.COMPLAINED, None),
    "suppress-unsubscribe": (News.UNSUBSCRIBED, None),
}
REASONS = {"espblock": Kind.SENDER, "old": Kind.SOFT, "generic": Kind.UNKNOWN}  # others: a server said no for good


def read(body: bytes) -> Reading:
    event = an_object(parsed(body)).get("event-data")
    if not isinstance(event, dict):
        raise UnreadablePayload("The body has no event-data.")
    news = NEWS.get(words(event, "event"))
    yield _told(event, news) if news else None


def _told(event: Object, news: News) -> Told:
    bounce: Bounce | None = None
    if words(event, "event") == "failed" and words(event, "severity") == "temporary":
        news = News.DELAYED
    elif words(event, "event") == "rejected":  # by Mailgun: the account, or the letter, is not to its taste
        bounce = Bounce(Kind.SENDER, None, "")
    elif news is News.BOUNCED:
        news, bounce = _failed(event)
    headers = an_object(an_object(event.get("message")).get("headers"))
    return Told(
        news=news,
        address=words(event, "recipient") or plain_address(words(headers, "to")),
        key=words(event, "id") or digest(event),
        at=moment(event.get("timestamp")),
        kind=bounce.kind if bounce else None,
        code=bounce.code if bounce else None,
        status=bounce.status if bounce else "",
        header=words(headers, "message-id"),
        sender=words(event, "envelope", "sender"),
    )


def _failed(event: Object) -> tuple[News, Bounce | None]:
    reason, status = words(event, "reason"), an_object(event.get("delivery-status"))
    if reason in LISTED:
        news, kind = LISTED[reason]
        return news, Bounce(kind, None, "") if kind else None
    said = f"{words(status, 'message')} {words(status, 'description')}"
    called = REASONS.get(reason, Kind.HARD)
    return News.BOUNCED, Bounce.read(said, called, words(status, "enhanced-code"), number(status.get("code")))
