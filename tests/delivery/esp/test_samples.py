"""Bodies that mail services were seen to send are read as what they mean, to the last one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaigns.delivery.esp import mailgun, postmark, resend, sendgrid, ses
from campaigns.delivery.esp.told import Reading

MEANT: dict[str, list[tuple[str, str | None]]] = {
    "amazon_ses/test_bounce_event.raw_ses_event.json": [("bounced", "hard")],
    "amazon_ses/test_click_event.raw_ses_event.json": [],
    "amazon_ses/test_complaint_event.raw_ses_event.json": [("complained", None)],
    "amazon_ses/test_delivery_event.raw_ses_event.json": [("delivered", None)],
    "amazon_ses/test_incorrect_received_event.raw_sns_message.json": [],
    "amazon_ses/test_multiple_bounce_event.raw_ses_event.json": [("bounced", "hard"), ("bounced", "hard")],
    "amazon_ses/test_open_event.raw_ses_event.json": [],
    "amazon_ses/test_reject_event.raw_ses_event.json": [("bounced", "content")],
    "amazon_ses/test_rendering_failure_event.raw_ses_event.json": [("bounced", "content")],
    "amazon_ses/test_send_event.raw_ses_event.json": [],
    "mailgun/test_complained_event.json": [("complained", None)],
    "mailgun/test_delivered_event.json": [("delivered", None)],
    "mailgun/test_failed_greylisted_event.json": [("delayed", None)],
    "mailgun/test_failed_permanent_event.json": [("bounced", "hard")],
    "mailgun/test_failed_temporary_event.json": [("delayed", None)],
    "mailgun/test_opened_event.json": [],
    "mailgun/test_rejected_event.json": [("bounced", "sender")],
    "mailgun/test_unsubscribed_event.json": [("unsubscribed", None)],
    "postmark/test_bounce_event.raw_event.json": [("bounced", "hard")],
    "postmark/test_bounce_unsubscribe_variant.raw_event.json": [("unsubscribed", None)],
    "postmark/test_click_event.raw_event.json": [],
    "postmark/test_delivered_event.raw_event.json": [("delivered", None)],
    "postmark/test_open_event.raw_event.json": [],
    "postmark/test_resubscribe.raw_event.json": [],
    "postmark/test_spam_event.raw_event.json": [("complained", None)],
    "postmark/test_subscription_change_bounce.raw_event.json": [("bounced", "hard")],
    "postmark/test_unsubscribe.raw_event.json": [("unsubscribed", None)],
    "resend/test_clicked_event.raw_event.json": [],
    "resend/test_complained_event.raw_event.json": [("complained", None)],
    "resend/test_delivered_event.raw_event.json": [("delivered", None)],
    "resend/test_delivery_delayed_event.raw_event.json": [("delayed", None)],
    "resend/test_hard_bounced_event.raw_event.json": [("bounced", "hard")],
    "resend/test_opened_event.raw_event.json": [],
    "resend/test_sent_event.raw_event.json": [],
    "resend/test_suppressed_event.raw_event.json": [("bounced", "hard")],
    "sendgrid/test_bounce_event.raw_events.json": [("bounced", "hard")],
    "sendgrid/test_click_event.raw_events.json": [],
    "sendgrid/test_compatibility_message_id_from_smtp_id.raw_events.json": [("delivered", None)],
    "sendgrid/test_deferred_event.raw_events.json": [("delayed", None)],
    "sendgrid/test_delivered_event.raw_events.json": [("delivered", None)],
    "sendgrid/test_dropped_bounced.raw_events.json": [("bounced", "hard")],
    "sendgrid/test_dropped_invalid_event.raw_events.json": [("bounced", "hard")],
    "sendgrid/test_dropped_unsubscribed_event.raw_events.json": [("unsubscribed", None)],
    "sendgrid/test_open_event.raw_events.json": [],
    "sendgrid/test_processed_event.raw_events.json": [],
}


def samples() -> Path:
    for parent in Path(__file__).resolve().parents:
        if (folder := parent / "shared" / "samples" / "esp").is_dir():
            return folder
    pytest.skip("the collection of sample bodies is not on this machine")


def read(service: str, body: bytes) -> Reading:
    if service == "amazon_ses":
        content: dict[str, Any] = json.loads(body)
        return ses.read(body) if "Type" in content else ses.read_event(content, "sample")
    readers = {"mailgun": mailgun.read, "postmark": postmark.read, "resend": resend.read, "sendgrid": sendgrid.read}
    return readers[service](body)


def names(folder: Path) -> Iterator[str]:
    for service in ("amazon_ses", "mailgun", "postmark", "resend", "sendgrid"):
        yield from (f"{service}/{path.name}" for path in (folder / service).iterdir())


def test_every_sample_is_read_as_what_it_means() -> None:
    folder = samples()

    read_as = {}
    for name in MEANT:
        told = [each for each in read(name.partition("/")[0], (folder / name).read_bytes()) if each is not None]
        read_as[name] = [(str(each.news), each.kind and str(each.kind)) for each in told]
        assert all("@" in each.address for each in told) or "unsubscribe_variant" in name
        assert all(each.key for each in told)

    assert read_as == MEANT
    assert set(names(folder)) == set(MEANT)
