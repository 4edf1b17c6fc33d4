"""What Amazon tells of letters by mail, where its notifications are sent to an address and not to a webhook."""

import json
import re
from typing import Any

from campaigns.delivery.event import Kind
from campaigns.delivery.inbound.classify import classify
from campaigns.delivery.inbound.fields import address_in
from campaigns.delivery.inbound.finding import Finding, Sort
from campaigns.delivery.inbound.parse import Parsed

SOURCE = "ses_mail"
SORTS = {"Bounce": Sort.BOUNCE, "Complaint": Sort.COMPLAINT, "Delivery": Sort.DELIVERY}
KINDS = {"Permanent": Kind.HARD, "Transient": Kind.SOFT}  # of bounces that quote no server
COMPLAINTS = frozenset({"abuse", "fraud", ""})  # not-spam, auth-failure and others are none
FOLD = re.compile(r"\r?\n ?")  # a mail server broke the line within a string


def read_notification(mail: Parsed) -> Finding | None:
    """Return what a notification says; None where a mail is none."""
    told = _told(mail.text) if "notificationType" in mail.text else {}
    sort = SORTS.get(str(told.get("notificationType")))
    if sort is None:
        return None
    about, person = _about(told, sort)
    address = address_in(str(person.get("emailAddress") or person.get("recipient") or ""))
    if sort is Sort.COMPLAINT and str(about.get("complaintFeedbackType") or "") not in COMPLAINTS:
        return Finding(sort=Sort.FEEDBACK, source=SOURCE, address=address)
    if sort is not Sort.BOUNCE:
        return Finding(sort=sort, source=SOURCE, address=address)
    verdict = classify("failed", str(person.get("status") or ""), str(person.get("diagnosticCode") or ""))
    kind = verdict.kind if verdict.status or verdict.code else KINDS.get(str(about.get("bounceType")), Kind.UNKNOWN)
    return Finding(sort=sort, source=SOURCE, address=address, kind=kind, code=verdict.code, status=verdict.status)


def _told(text: str) -> dict[str, Any]:
    """Return the notification, which may be wrapped in another."""
    begin = text.find("{")
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(FOLD.sub("", text[begin:]))
        if isinstance(found, dict) and isinstance(found.get("Message"), str):
            found = json.loads(found["Message"])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _about(told: dict[str, Any], sort: Sort) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what happened, and to whom first."""
    about = told.get(sort.value)
    about = about if isinstance(about, dict) else {}
    people = about.get("bouncedRecipients") or about.get("complainedRecipients") or about.get("recipients")
    first = people[0] if isinstance(people, list) and people else {}
    return about, first if isinstance(first, dict) else {"recipient": first}
