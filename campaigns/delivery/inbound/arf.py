"""A complaint is a feedback report (RFC 5965) of abuse, or what Hotmail sends instead; other reports are none."""

import re

from campaigns.delivery.inbound.fields import address_in
from campaigns.delivery.inbound.finding import Finding, Sort
from campaigns.delivery.inbound.parse import Parsed

SOURCE = "arf"
SORTS = {
    "abuse": Sort.COMPLAINT,
    "fraud": Sort.COMPLAINT,
    "opt-out": Sort.UNSUBSCRIBE,
    "opt-out-list": Sort.UNSUBSCRIBE,
}  # not auth-failure (DMARC's reports), not-spam, virus, other
HOTMAIL = re.compile(r"complaint about message from", re.IGNORECASE)


def read_complaint(mail: Parsed) -> Finding | None:
    """Return what a feedback report says; None where a mail is none."""
    if kind := mail.feedback.first("feedback-type").lower():
        return Finding(sort=SORTS.get(kind, Sort.FEEDBACK), source=SOURCE, address=_address(mail))
    if (
        mail.returned
        and "x-hmxmroriginalrecipient" in mail.returned
        and HOTMAIL.match(mail.head.first("subject").strip())
    ):
        return Finding(sort=Sort.COMPLAINT, source=SOURCE, address=_address(mail))
    return None


def _address(mail: Parsed) -> str:
    """Return who complains; many loops strike that out."""
    named = mail.feedback.all("original-rcpt-to", "removal-recipient")
    if mail.returned:
        named += mail.returned.all("x-hmxmroriginalrecipient", "x-original-to", "delivered-to", "to")
    return next(filter(None, map(address_in, named)), "")
