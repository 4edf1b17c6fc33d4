"""Any mail can be read, also one that was made to break its reader: what cannot be read is left out."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from html import unescape

from campaigns.delivery.inbound.fields import LONGEST, Fields, blocks_in, decoded, fields_in

LARGEST = 10_000_000  # bytes of a mail that is taken at all
READ = 400_000  # bytes of it that are read: what a report says stands before the letter it returns
LONGEST_TEXT = 100_000  # characters of a mail's words
# Beyond any of these a mail is taken for a trap, and only its head and its first words are read.
MOST_PARTS = 50  # that may hold others
MOST_BOUNDARIES = 1000
MOST_LINES = 200_000  # ten megabytes of an attachment are 130,000
LONGEST_HEAD = 200_000  # bytes
PARTS = re.compile(rb"boundary[ \t]*=|message/", re.IGNORECASE)
HEAD_ENDS = re.compile(rb"\n\r?\n|\A\r?\n")
STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
RETURNED = frozenset(
    {
        *("message/rfc822", "message/global", "message/rfc822-headers", "message/global-headers"),
        *("text/rfc822-headers", "text/rfc822-header", "text/rfc822"),
    }
)
TAGS = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What stands in a mail."""

    head: Fields
    report: str = ""  # of a multipart/report: delivery-status, feedback-report, disposition-notification
    text: str = ""  # what a person reads
    statuses: tuple[Fields, ...] = ()  # the blocks of a delivery report, that of the whole mail among them
    feedback: Fields = field(default_factory=Fields)  # a complaint's
    returned: Fields | None = None  # the head of the letter that is enclosed
    source: str = field(default="", repr=False)  # as it came


class _Short(Compat32):
    """Headers longer than any honest one would cost the reader minutes."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST]


@dataclass(slots=True)
class _Found:
    texts: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)  # of HTML
    statuses: list[Fields] = field(default_factory=list)
    feedback: Fields = field(default_factory=Fields)
    returned: Fields | None = None


def parse(raw: bytes) -> Parsed:
    """Read a mail."""
    data = raw[:READ]
    if not is_trap(data):
        with suppress(Exception):  # the parser trips over broken mails in many ways
            return _parsed(data)
    head, _, rest = decoded(data, "utf-8").replace("\r\n", "\n").partition("\n\n")
    return Parsed(head=fields_in(head), text=rest[:LONGEST_TEXT], source=data.decode("latin-1"))


def is_trap(raw: bytes) -> bool:
    """Whether a mail was made to cost its reader minutes."""
    if raw.count(b"\n--") > MOST_BOUNDARIES or raw.count(b"\n") > MOST_LINES or len(PARTS.findall(raw)) > MOST_PARTS:
        return True
    return len(raw) > LONGEST_HEAD and not HEAD_ENDS.search(raw, 0, LONGEST_HEAD)


def _parsed(data: bytes) -> Parsed:
    message = message_from_bytes(data, policy=_Short())
    found = _Found()
    waiting = [message]
    for _ in range(MOST_PARTS):
        if not waiting:
            break
        part = waiting.pop()
        _note(part, found)
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [each for each in payload if isinstance(each, Message)][::-1]
    return Parsed(
        head=_fields(message),
        report=str(message.get_param("report-type", "")).lower(),
        text="\n".join(found.texts or map(_without_tags, found.pages))[:LONGEST_TEXT],
        statuses=tuple(found.statuses),
        feedback=found.feedback,
        returned=found.returned,
        source=data.decode("latin-1"),
    )


def _note(part: Message, found: _Found) -> None:
    kind = part.get_content_type()
    if kind in STATUS:
        found.statuses += _inner(part)
    elif kind == "message/feedback-report":
        found.feedback = next((block for block in _inner(part) if "feedback-type" in block), found.feedback)
    elif kind in RETURNED:
        found.returned = found.returned or next(iter(_inner(part)), None)
    elif kind == "text/html":
        found.pages.append(_text(part))
    elif kind.startswith("multipart/") or kind == "text/plain":
        is_broken = isinstance(part.get_payload(), str)  # a multipart whose boundary never comes
        if part.get_content_disposition() != "attachment" and is_broken:
            found.texts.append(_text(part))


def _inner(part: Message) -> list[Fields]:
    """Return the blocks of fields in a part, whether the parser saw them as such or not."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return blocks_in(_text(part))
    blocks: list[Fields] = []
    for each in payload:
        if isinstance(each, Message):
            blocks.append(_fields(each))
            if not blocks[-1]:  # it is in base64, and that is said of the part around it
                each["Content-Transfer-Encoding"] = str(part.get("Content-Transfer-Encoding", "7bit"))
                blocks += blocks_in(_text(each))
    return [block for block in blocks if block]


def _fields(message: Message) -> Fields:
    return Fields((name, _legible(str(value))) for name, value in message.raw_items())


def _legible(value: str) -> str:
    """Return a value whose bytes beyond ASCII, which the parser keeps as surrogates, are letters again."""
    return value if value.isascii() else decoded(value.encode("ascii", "surrogateescape"), "utf-8")


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    return decoded(data[: LONGEST_TEXT * 4], str(part.get_content_charset() or "utf-8"))[:LONGEST_TEXT]


def _without_tags(page: str) -> str:
    return unescape(TAGS.sub(" ", page))
