"""Twilio SendGrid's Event Webhook: a list of events, which tell the Message-ID we gave a letter as `smtp-id`.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from campaigns.delivery.esp.told import Bounce, Object, Reading, Told, digest, moment, objects, parsed, words
from campaigns.delivery.event import Kind, News
from campaigns.errors import UnreadablePayload

NEWS = {
    "delivered": News.DELIVERED,
    "deferred": News.DELAYED,
    "bounce": News.BOUNCED,
    "dropped": News.BOUNCED,
    "spamreport": News.COMPLAINED,
    "unsubscribe": News.UNSUBSCRIBED,
    "group_unsubscribe": News.UNSUBSCRIBED,
}
# Why a letter was not even tried, by how the reason begins.
DROPPED: tuple[tuple[str, tuple[News, Kind | None]], ...] = (
    ("bounced address", (News.BOUNCED, Kind.HARD)),
    ("invalid", (News.BOUNCED, Kind.HARD)),
    ("unsubscribed address", (News.UNSUBSCRIBED, None)),
    ("spam reporting address", (News.COMPLAINED, None)),
    ("spam content", (News.BOUNCED, Kind.CONTENT)),
    ("invalid smtpapi", (News.BOUNCED, Kind.CONTENT)),
    ("recipient list over package quota", (News.BOUNCED, Kind.SENDER)),
)


def read(body: bytes) -> Reading:
    events = parsed(body)
    if not isinstance(events, list):
        raise UnreadablePayload("The body is not a list of events.")
    for event in objects(events):
        news = NEWS.get(words(event, "event"))
        yield _told(event, news) if news else None


def _told(event: Object, news: News) -> Told:
    bounce = None
    if words(event, "event") == "dropped":
        news, kind = _dropped(words(event, "reason"))
        bounce = Bounce(kind, None, words(event, "status")) if kind else None
    elif news is News.BOUNCED:
        called = Kind.SOFT if words(event, "type") == "blocked" else Kind.HARD
        bounce = Bounce.read(words(event, "reason"), called, words(event, "status"))
    return Told(
        news=news,
        address=words(event, "email"),
        key=words(event, "sg_event_id") or digest(event),
        at=moment(event.get("timestamp")),
        kind=bounce.kind if bounce else None,
        code=bounce.code if bounce else None,
        status=bounce.status if bounce else "",
        header=words(event, "smtp-id"),
        reference=words(event, "sg_message_id").partition(".")[0],  # what follows is of one attempt
    )


def _dropped(reason: str) -> tuple[News, Kind | None]:
    found = (meaning for start, meaning in reversed(DROPPED) if reason.lower().startswith(start))
    return next(found, (News.BOUNCED, Kind.UNKNOWN))
