"""Why was this order asked about, or not? Every verdict on it, with its reason."""

from typing import Any

import click
from sqlalchemy.orm import Session

from campaigns.catalog.campaign import campaigns_of
from campaigns.catalog.definition import Trigger
from campaigns.catalog.version import get_version, latest_version
from campaigns.door import house
from campaigns.enrollment.eligibility import SENTENCES, Reason
from campaigns.enrollment.enrollment import Enrollment, verdicts_on
from campaigns.enrollment.facts import waits_for
from campaigns.enrollment.message import messages_of
from campaigns.enrollment.note import notes_on
from campaigns.errors import NotFound
from campaigns.intake.event import EventKind
from campaigns.intake.purchase import Purchase, find_purchases
from campaigns.terminal import json_option, kindly, merchant_option, show


@click.command("why", epilog="Example:  flask --app wsgi why 1001 --merchant 1")
@click.argument("order_id")
@merchant_option
@json_option
@kindly
def why(order_id: str, merchant_id: int, as_json: bool) -> None:
    """Print every verdict on an order: asked or not, by which rule, and when."""
    with house().database.reading() as session:
        purchases = find_purchases(session, merchant_id, order_id)
        if not purchases:
            raise NotFound(f"No order {order_id} of merchant {merchant_id} has arrived.")
        verdicts = [each for purchase in purchases for each in explain(session, purchase)]
    show({"order_id": order_id, "verdicts": verdicts}, as_json, *(_line(each) for each in verdicts))


def explain(session: Session, purchase: Purchase) -> list[dict[str, Any]]:
    """Return a verdict for each campaign of the merchant on a purchase."""
    decided = {each.campaign_id: each for each in verdicts_on(session, purchase.id)}
    explained = []
    for campaign in campaigns_of(session, purchase.merchant_id):
        head = {"store": purchase.store_id, "campaign": campaign.id, "name": campaign.name}
        if campaign.id in decided:
            explained.append(head | _decided(session, decided[campaign.id]))
        elif version := latest_version(session, campaign.id):
            trigger = version.definition.trigger
            explained.append(head | {"verdict": "waiting", **_waits(session, purchase, trigger)})
    return explained


def _waits(session: Session, purchase: Purchase, trigger: Trigger) -> dict[str, str]:
    """Say what an order waits for that has no verdict yet."""
    if purchase.is_undecided:
        return {"reason": str(trigger), "sentence": "It is about to be decided."}
    if purchase.moment(EventKind(trigger)) is not None and (reason := waits_for(session, purchase)):
        return {"reason": reason, "sentence": SENTENCES[reason]}
    return {"reason": str(trigger), "sentence": f"It waits for {trigger}."}


def _decided(session: Session, enrollment: Enrollment) -> dict[str, Any]:
    messages = [
        {"kind": each.kind, "state": each.state, "due_at": each.due_at, "sent_at": each.sent_at, "reason": each.reason}
        for each in messages_of(session, [enrollment.id])
    ]
    said = notes_on(session, [enrollment.id])
    return {
        "verdict": enrollment.verdict,
        "reason": enrollment.reason,
        "sentence": " ".join([SENTENCES[Reason(enrollment.reason)], enrollment.detail.get("because", "")]).strip(),
        "rules": enrollment.rules,
        "version": get_version(session, enrollment.version_id).number,
        "decided_at": enrollment.decided_at,
        "planned_at": enrollment.planned_at,
        "stopped": enrollment.stop_reason or None,
        "messages": messages,
        "said": [{"kind": each.kind, "sentence": each.sentence, "at": each.at} for each in said],
    }


def _line(verdict: dict[str, Any]) -> str:
    lines = [f"{verdict['name']}: {verdict['verdict']} ({verdict['reason']}). {verdict['sentence']}"]
    if at := verdict.get("decided_at"):
        lines.append(f"  decided {at:%Y-%m-%d %H:%M} UTC by rules {verdict['rules']}, version {verdict['version']}")
    lines += [_letter_line(message) for message in verdict.get("messages", [])]
    lines += [f"  {said['sentence']} {said['at']:%Y-%m-%d %H:%M} UTC" for said in verdict.get("said", [])]
    return "\n".join(lines)


def _letter_line(message: dict[str, Any]) -> str:
    word, when = ("left", message["sent_at"]) if message["sent_at"] else ("due", message["due_at"])
    because = f" ({message['reason'].replace('_', ' ')})" if message["reason"] else ""
    return f"  {message['kind']}: {message['state']}{because}, {word} {when:%Y-%m-%d %H:%M} UTC"
