"""Amazon SES, through a topic of Amazon SNS.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html and
.../notification-contents.html; both shapes are read. SES gives a letter a Message-ID of its own, and
tells ours among the original headers.
"""

from collections.abc import Iterator

from campaigns.delivery.esp.told import (
    Bounce,
    Object,
    Reading,
    Told,
    an_object,
    header_named,
    moment,
    objects,
    parsed,
    plain_address,
    texts,
    words,
)
from campaigns.delivery.event import Kind, News
from campaigns.errors import UnreadablePayload

BOUNCES = {"Permanent": Kind.HARD, "Transient": Kind.SOFT, "Undetermined": Kind.UNKNOWN}
SUBTYPES = {
    "NoEmail": Kind.HARD,
    "Suppressed": Kind.HARD,
    "OnAccountSuppressionList": Kind.HARD,
    "MailboxFull": Kind.SOFT,
    "MessageTooLarge": Kind.CONTENT,
    "ContentRejected": Kind.CONTENT,
    "AttachmentRejected": Kind.CONTENT,
}
# RFC 5965; auth-failure and not-spam are no complaints. Most mailbox providers name no type at all.
COMPLAINTS = {"": News.COMPLAINED, "abuse": News.COMPLAINED, "fraud": News.COMPLAINED, "opt-out": News.UNSUBSCRIBED}


def read(body: bytes) -> Reading:
    envelope = an_object(parsed(body))
    if words(envelope, "Type") != "Notification":
        return
    try:
        event = parsed(words(envelope, "Message").encode("utf-8", "replace"))
    except UnreadablePayload:
        yield None  # "Successfully validated SNS topic …" is what SES says first
        return
    yield from read_event(an_object(event), words(envelope, "MessageId"))


def read_event(event: Object, key: str) -> Reading:
    """Read what SES put into the envelope; one letter may have several recipients."""
    found = list(_of_kind(event))
    for place, each in enumerate(found):
        yield _told(event, each, f"{key}.{place}")
    if not found:
        yield None


_Said = tuple[News, str, str, Bounce | None]  # of whom, and when


def _of_kind(event: Object) -> Iterator[_Said]:
    name = words(event, "eventType") or words(event, "notificationType")
    about = an_object(event.get(name[:1].lower() + name[1:]))
    at = words(about, "timestamp")
    match name:
        case "Bounce":
            yield from _bounces(about, at)
        case "Complaint":
            news = COMPLAINTS.get(words(about, "complaintFeedbackType"))
            for each in objects(about.get("complainedRecipients")):
                if news is not None:
                    yield news, words(each, "emailAddress"), at, None
        case "Delivery":
            for address in texts(about.get("recipients")):
                yield News.DELIVERED, address, at, None
        case "DeliveryDelay":
            for each in objects(about.get("delayedRecipients")):
                yield News.DELAYED, words(each, "emailAddress"), at, None
        case "Reject" | "Rendering Failure":  # it never left Amazon
            for address in texts(an_object(event.get("mail")).get("destination")):
                yield News.BOUNCED, address, at, Bounce(Kind.CONTENT, None, "")
        case "Subscription" if an_object(about.get("newTopicPreferences")).get("unsubscribeAll") is True:
            for address in texts(an_object(event.get("mail")).get("destination")):
                yield News.UNSUBSCRIBED, address, at, None


def _bounces(about: Object, at: str) -> Iterator[_Said]:
    subtype = words(about, "bounceSubType")
    called = SUBTYPES.get(subtype) or BOUNCES.get(words(about, "bounceType"), Kind.UNKNOWN)
    for each in objects(about.get("bouncedRecipients")):
        address = words(each, "emailAddress")
        if subtype == "UnsubscribedRecipient":
            yield News.UNSUBSCRIBED, address, at, None
        else:
            found = Bounce.read(words(each, "diagnosticCode"), called, words(each, "status"))
            # What Amazon calls transient it would have tried again: nobody is given up for it.
            kind = called if called is Kind.SOFT and found.kind is not Kind.SENDER else found.kind
            yield News.BOUNCED, address, at, Bounce(kind, found.code, found.status)


def _told(event: Object, said: _Said, key: str) -> Told:
    news, address, at, bounce = said
    mail = an_object(event.get("mail"))
    return Told(
        news=news,
        address=plain_address(address),
        key=key,
        at=moment(at or words(mail, "timestamp")),
        kind=bounce.kind if bounce else None,
        code=bounce.code if bounce else None,
        status=bounce.status if bounce else "",
        header=words(mail, "commonHeaders", "messageId") or header_named(mail.get("headers"), "message-id"),
        reference=words(mail, "messageId"),
        sender=plain_address(words(mail, "source")),
    )
