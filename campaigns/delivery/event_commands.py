"""The doors of events on the terminal: where mail services tell what became of letters, and what they told."""

import sys
from typing import Any

import click

from campaigns import clock
from campaigns.delivery.esp.event_receipt import forget_receipts_of
from campaigns.delivery.esp.locks import Lock
from campaigns.delivery.esp.public_key import elliptic_key
from campaigns.delivery.esp.services import ServiceKind
from campaigns.delivery.esp.sns import TOPIC
from campaigns.delivery.esp.source import EventSource, add_source, get_source, remove_source, sources_of
from campaigns.delivery.news_item import NewsItem, latest_news
from campaigns.door import house
from campaigns.errors import AskwellError, BadSignature
from campaigns.intake.signature import standard_key
from campaigns.merchants.merchant import get_merchant
from campaigns.merchants.store import new_secret
from campaigns.terminal import Group, merchant_option, show

events = Group("events", help="Events: what mail services tell of letters that left by them.")
source = Group("source", help="Event sources: an address for one mail service, and how it is believed.")
events.add_command(source)

OPTION = {ServiceKind.SES: "--topic", ServiceKind.SENDGRID: "--public-key"}
WHERE = {
    ServiceKind.SES: "the ARN of the SNS topic that SES publishes to",
    ServiceKind.SENDGRID: "the verification key under Settings, Mail Settings, Event Webhook",
    ServiceKind.MAILGUN: "the HTTP webhook signing key under Settings, API security",
    ServiceKind.RESEND: "the signing secret of the webhook, whsec_ and base64",
}


@source.say("events source create --merchant 1 --kind ses --topic arn:aws:sns:eu-west-1:123456789012:letters", "create")
@merchant_option
@click.option("--kind", type=click.Choice([kind.value for kind in ServiceKind]), required=True)
@click.option("--secret", help="What the service signs with; - reads it from standard input.")
@click.option("--topic", help="Of Amazon SES: the ARN of the SNS topic.")
@click.option("--public-key", help="Of SendGrid: the verification key.")
def create(merchant_id: int, kind: str, as_json: bool, **options: str | None) -> None:
    """Make an address a mail service can tell its events at."""
    service = ServiceKind(kind)
    lock, is_new = _lock(service, **options)
    with house().database.transaction() as session:
        get_merchant(session, merchant_id)
        row = add_source(session, house().vault, merchant_id, service, lock, clock.now())
    url = house().links.events(row.key)
    data: dict[str, Any] = {"source": row.id, "url": url}
    lines = [f"Event source {row.id} is here.", f"URL       {url}"]
    if is_new:
        data["secret"] = lock.secret
        lines += ["user      askwell", f"password  {lock.secret}"]
    show(data, as_json, *lines)


def _lock(service: ServiceKind, secret: str | None, topic: str | None, public_key: str | None) -> tuple[Lock, bool]:
    """Return how a source is opened, and whether its secret was made here."""
    if secret == "-":  # noqa: S105
        secret = sys.stdin.read().strip()
    given = {"--secret": secret, "--topic": topic, "--public-key": public_key}
    needed = OPTION.get(service, "--secret")
    if surplus := next((name for name, value in given.items() if value and name != needed), None):
        raise AskwellError(f"{surplus} is not for {service}, which needs {needed}.")
    value = (given[needed] or "").strip()
    if not value and service is ServiceKind.POSTMARK:
        return Lock(new_secret().removeprefix("whsec_").replace("/", "-").replace("+", "_").rstrip("=")), True
    if not value:
        raise AskwellError(f"{needed} is missing: {WHERE[service]}.")
    _check(service, value)
    return (Lock(topic=value) if service is ServiceKind.SES else Lock(value)), False


def _check(service: ServiceKind, value: str) -> None:
    if service is ServiceKind.SES and not TOPIC.fullmatch(value):
        raise AskwellError("--topic is not the ARN of a topic, like arn:aws:sns:eu-west-1:123456789012:letters.")
    if service is ServiceKind.SENDGRID:
        elliptic_key(value)
    if service is ServiceKind.RESEND:
        try:
            standard_key(value)
        except BadSignature:
            raise AskwellError("--secret is not whsec_ and base64, as Resend shows it.") from None


@source.say("events source list --merchant 1", "list")
@merchant_option
def list_sources(merchant_id: int, as_json: bool) -> None:
    """Print a merchant's event sources; secrets stay sealed."""
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        found = [_source(row) for row in sources_of(session, merchant_id)]
    lines = [f"{each['source']}  {each['kind']}  {each['url']}" for each in found] or ["There is none."]
    show({"sources": found}, as_json, *lines)


def _source(row: EventSource) -> dict[str, Any]:
    url = house().links.events(row.key)
    is_confirmed = bool(row.confirmed) if row.kind == ServiceKind.SES else None
    return {"source": row.id, "kind": row.kind, "url": url, "topic": row.topic or None, "is_confirmed": is_confirmed}


@source.say("events source remove 3 --merchant 1", "remove")
@click.argument("source_id", type=int)
@merchant_option
def remove(source_id: int, merchant_id: int, as_json: bool) -> None:
    """Close an address, and forget what was sent to it; what follows from it stays."""
    with house().database.transaction() as session:
        row = get_source(session, merchant_id, source_id)
        forget_receipts_of(session, row.id)
        remove_source(session, row)
    show({"source": source_id}, as_json, f"Event source {source_id} is gone.")


@events.say("events list --merchant 1", "list")
@merchant_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_events(merchant_id: int, limit: int, as_json: bool) -> None:
    """Print the latest news of a merchant's letters, the newest first; never whom they went to."""
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        found = [_item(item) for item in latest_news(session, merchant_id, limit)]
    show({"events": found}, as_json, *([_line(each) for each in found] or ["Nothing was told yet."]))


def _item(item: NewsItem) -> dict[str, Any]:
    return {
        "at": item.at,
        "source": item.source,
        "news": item.news,
        "kind": item.kind or None,
        "message": item.message_id,
        "campaign": item.campaign_id,
        "code": item.code,
        "status": item.status or None,
    }


def _line(item: dict[str, Any]) -> str:
    letter = f"letter {item['message']}" if item["message"] else "a letter of somebody else's"
    kind = f" ({item['kind']})" if item["kind"] else ""
    numbers = " ".join(str(each) for each in (item["code"], item["status"]) if each)
    return f"{item['at']:%Y-%m-%d %H:%M}  {item['source']}  {item['news']}{kind}  {letter}  {numbers}".rstrip()
