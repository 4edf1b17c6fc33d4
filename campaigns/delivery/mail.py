"""A caught mail, read the way a person or a script looks at it: who, what, and which links."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

TIME = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    id: str
    at: datetime
    to: str  # the address it was delivered to
    addressee: str  # as its reader sees it, with a name perhaps
    sender: str
    subject: str
    html: str
    text: str
    source: str
    headers: dict[str, str]
    links: list[str]
    rating: dict[str, str]  # score → link, by data-rating
    unsubscribe: str  # the https or http one of List-Unsubscribe

    def brief(self) -> dict[str, Any]:
        """Return what a script wants to know; the bodies have addresses of their own."""
        whole = asdict(self) | {"at": self.at.isoformat()}
        return {name: value for name, value in whole.items() if name not in {"html", "text", "source"}}


def read_mail(mail_id: str, source: bytes) -> Mail:
    message = message_from_bytes(source, policy=default)
    html, text = _body(message, "html"), _body(message, "plain")
    found = _Links()
    found.feed(html)
    headers = dict(_headers(message))
    return Mail(
        id=mail_id,
        at=datetime.strptime(mail_id.partition("-")[0], TIME).replace(tzinfo=UTC),
        to=headers.get("Delivered-To", ""),
        addressee=headers.get("To") or headers.get("Delivered-To", ""),
        sender=headers.get("From", ""),
        subject=headers.get("Subject", ""),
        html=html,
        text=text,
        source=source.decode("utf-8", "replace"),
        headers=headers,
        links=found.links,
        rating=found.rating,
        unsubscribe=_web_link(headers.get("List-Unsubscribe", "")),
    )


def _headers(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for name, raw in message.raw_items():
        try:
            yield name, str(default.header_fetch_parse(name, raw))
        except Exception:  # noqa: BLE001 - the parser trips over some broken headers in many ways
            yield name, str(raw)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # a charset nobody knows, or bytes that are not in it
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")


def _web_link(header: str) -> str:
    links = (each.strip().removeprefix("<").removesuffix(">") for each in header.split(","))
    return next((link for link in links if link.startswith(("https://", "http://"))), "")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.rating: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        link = named.get("href")
        if tag != "a" or not link:
            return
        self.links.append(link)
        if score := named.get("data-rating"):
            self.rating[score] = link
