"""Postmark's webhooks: one record each. They never tell our Message-ID, so its letters are found by whom they went to.

https://postmarkapp.com/developer/webhooks/webhooks-overview and .../developer/api/bounce-api#bounce-types
"""

from campaigns.delivery.esp.told import Bounce, Object, Reading, Told, an_object, digest, moment, parsed, words
from campaigns.delivery.event import Kind, News
from campaigns.errors import UnreadablePayload

# Types that are no bounce at all (an auto-reply, a challenge, an open-relay test) are left out on purpose.
BOUNCES: dict[str, tuple[News, Kind | None]] = {
    "HardBounce": (News.BOUNCED, Kind.HARD),
    "BadEmailAddress": (News.BOUNCED, Kind.HARD),
    "SoftBounce": (News.BOUNCED, Kind.SOFT),
    "DnsError": (News.BOUNCED, Kind.SOFT),
    "Unknown": (News.BOUNCED, Kind.UNKNOWN),
    "ManuallyDeactivated": (News.BOUNCED, Kind.DISABLED),
    "SpamNotification": (News.BOUNCED, Kind.SENDER),
    "Blocked": (News.BOUNCED, Kind.SENDER),
    "DMARCPolicy": (News.BOUNCED, Kind.SENDER),
    "SMTPApiError": (News.BOUNCED, Kind.SENDER),
    "VirusNotification": (News.BOUNCED, Kind.CONTENT),
    "TemplateRenderingFailed": (News.BOUNCED, Kind.CONTENT),
    "Transient": (News.DELAYED, None),
    "Unsubscribe": (News.UNSUBSCRIBED, None),
    "SpamComplaint": (News.COMPLAINED, None),
}
REREAD = frozenset({Kind.HARD, Kind.UNKNOWN})  # where what the server said may say better
SUPPRESSED: dict[str, tuple[News, Kind | None]] = {
    "HardBounce": (News.BOUNCED, Kind.HARD),
    "SpamComplaint": (News.COMPLAINED, None),
    "ManualSuppression": (News.UNSUBSCRIBED, None),
}


def read(body: bytes) -> Reading:
    record = parsed(body)
    if not isinstance(record, dict) or not words(record, "RecordType"):
        raise UnreadablePayload("The body is not a record of Postmark's.")
    yield _told(record)


def _told(record: Object) -> Told | None:
    meaning = _meaning(record)
    if meaning is None:
        return None
    news, kind = meaning
    bounce = Bounce(kind, None, "") if kind else None
    if kind in REREAD and words(record, "RecordType") == "Bounce":
        bounce = Bounce.read(words(record, "Details"), kind)
    number = record.get("ID")
    return Told(
        news=news,
        address=words(record, "Email") or words(record, "Recipient"),
        key=f"{words(record, 'RecordType')}.{number}" if isinstance(number, int) else digest(record),
        at=moment(words(record, "BouncedAt") or words(record, "DeliveredAt") or words(record, "ChangedAt")),
        kind=bounce.kind if bounce else None,
        code=bounce.code if bounce else None,
        status=bounce.status if bounce else "",
        header=_header(record),
        reference=words(record, "MessageID"),
        sender=words(record, "From"),
    )


def _meaning(record: Object) -> tuple[News, Kind | None] | None:
    match words(record, "RecordType"):
        case "Delivery":
            return News.DELIVERED, None
        case "Bounce" | "SpamComplaint":
            return BOUNCES.get(words(record, "Type"))
        case "SubscriptionChange" if record.get("SuppressSending") is True:
            return SUPPRESSED.get(words(record, "SuppressionReason"))
    return None  # also for a change back: who opted out here is not opted in there


def _header(record: Object) -> str:
    """Return our Message-ID where whoever set the stream up passes it on as metadata."""
    return words(an_object(record.get("Metadata")), "message-id")
