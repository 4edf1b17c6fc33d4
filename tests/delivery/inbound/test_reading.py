"""Mails are taken for what they are, in every shape they come in."""

import base64
from pathlib import Path

import pytest

from campaigns.delivery.event import Kind
from campaigns.delivery.inbound.finding import Finding, Sort
from campaigns.delivery.inbound.parse import parse
from campaigns.delivery.inbound.reading import read
from tests.delivery.inbound import mails

LETTER = b"Message-ID: <7.0123456789ab@harbour.example>\nFrom: hello@harbour.example\nTo: ana0@example.com\n\nHello\n"


def finding(raw: bytes) -> Finding:
    return read(parse(raw))


def what(raw: bytes) -> tuple[Sort, Kind | None, str]:
    found = finding(raw)
    return found.sort, found.kind, found.address


def test_a_report_is_a_bounce() -> None:
    assert what(mails.dsn(LETTER)) == (Sort.BOUNCE, Kind.HARD, "ana0@example.com")
    assert what(mails.dsn(LETTER).replace(b"\n", b"\r\n")) == (Sort.BOUNCE, Kind.HARD, "ana0@example.com")


def test_a_report_of_a_delay_a_delivery_or_a_probe_is_none() -> None:
    assert finding(mails.dsn(LETTER, action="delayed", status="4.4.1 (no answer)")).sort is Sort.DELAY
    assert finding(mails.dsn(LETTER, action="delivered", status="2.0.0", said="")).sort is Sort.DELIVERY
    assert finding(mails.dsn(LETTER, action="deliverable", status="2.1.5", said="")).sort is Sort.OTHER


def test_the_address_we_wrote_to_counts_and_not_where_it_was_forwarded() -> None:
    report = mails.dsn(LETTER).replace(
        b"Final-Recipient:", b"Original-Recipient: rfc822;Ana@example.com\nFinal-Recipient:"
    )
    own_host = mails.dsn(LETTER).replace(b"rfc822; ana0@example.com", b"rfc822; ana0@mx7.example.com")

    assert finding(report).address == "ana@example.com"
    assert finding(own_host).address == "ana0@example.com"


def test_of_several_recipients_the_one_that_failed_counts() -> None:
    delayed = b"Final-Recipient: rfc822; ben@example.com\nAction: delayed\nStatus: 4.0.0\n\nFinal-Recipient:"

    assert what(mails.dsn(LETTER).replace(b"Final-Recipient:", delayed)) == (Sort.BOUNCE, Kind.HARD, "ana0@example.com")


def test_a_report_in_base_64_is_read() -> None:
    head, _, report = mails.dsn(LETTER).partition(b"Content-Type: message/delivery-status\n\n")
    report, mark, tail = report.partition(b"\n--b1\n")
    encoded = base64.encodebytes(report)
    kind = b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"

    assert what(head + kind + encoded + mark + tail) == (Sort.BOUNCE, Kind.HARD, "ana0@example.com")


def test_a_report_whose_parts_lost_their_boundary_is_read_from_its_words() -> None:
    broken = mails.dsn(LETTER).replace(b'boundary="b1"', b'boundary="lost"')

    assert what(broken) == (Sort.BOUNCE, Kind.HARD, "ana0@example.com")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("550 user unknown", Kind.HARD),
        ("mailbox is full", Kind.SOFT),
        ("554 rejected as spam", Kind.SENDER),
        ("no", Kind.UNKNOWN),
    ],
)
def test_a_bounce_that_a_server_wrote_like_a_person_is_one(said: str, kind: Kind) -> None:
    assert what(mails.written_by_hand(said=said)) == (Sort.BOUNCE, kind, "ana0@example.com")


def test_what_a_server_quotes_below_is_not_what_it_says() -> None:
    quoting = mails.written_by_hand(said="no") + b"\nReceived: from spam by quota full user unknown\n"

    assert what(quoting) == (Sort.BOUNCE, Kind.UNKNOWN, "ana0@example.com")


def test_a_warning_is_a_delay() -> None:
    warning = mails.written_by_hand(said="no answer; it will be retried until it is 4 days old")

    assert finding(warning).sort is Sort.DELAY


def test_a_bounce_that_a_person_sends_on_is_a_persons() -> None:
    sent_on = mails.reply(
        LETTER, "Look what I got:\n\nFinal-Recipient: rfc822; ana0@example.com\nAction: failed\nStatus: 5.1.1"
    )

    assert finding(sent_on).sort is Sort.REPLY


@pytest.mark.parametrize(
    ("kind", "sort"),
    [
        ("abuse", Sort.COMPLAINT),
        ("Fraud", Sort.COMPLAINT),
        ("opt-out", Sort.UNSUBSCRIBE),
        ("auth-failure", Sort.FEEDBACK),
        ("not-spam", Sort.FEEDBACK),
        ("virus", Sort.FEEDBACK),
        ("other", Sort.FEEDBACK),
        ("klingon", Sort.FEEDBACK),
    ],
)
def test_only_abuse_and_fraud_are_complaints(kind: str, sort: Sort) -> None:
    assert finding(mails.arf(LETTER, kind)).sort is sort


def test_hotmail_complains_without_a_report() -> None:
    assert what(mails.hotmail(LETTER)) == (Sort.COMPLAINT, None, "ana0@example.com")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            '"bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"a@b.example","status":"5.1.1"}]}',
            Kind.HARD,
        ),
        ('"bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"a@b.example"}]}', Kind.HARD),
        ('"bounce":{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"a@b.example"}]}', Kind.SOFT),
        ('"bounce":{"bounceType":"Undetermined","bouncedRecipients":[{"emailAddress":"a@b.example"}]}', Kind.UNKNOWN),
        ('"bounce":{"bouncedRecipients":"a@b.example"}', Kind.UNKNOWN),
        ('"bounce":[7]', Kind.UNKNOWN),
    ],
)
def test_amazon_tells_of_bounces_by_mail(told: str, expected: Kind) -> None:
    head = "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n"

    found = finding(f'{head}{{"notificationType":"Bounce",{told}}}\n--\nIf you wish to stop\n'.encode())

    assert (found.sort, found.kind) == (Sort.BOUNCE, expected)


def test_every_address_in_real_bounces_and_complaints_is_found_and_nobody_is_suppressed_for_a_senders_fault() -> None:
    folder = mails.samples()
    expected = EXPECTED
    found = {path.name: finding(path.read_bytes()) for path in sorted(folder.glob("[da][sr][nf]/*.eml"))}
    news = {
        name: each
        for name, each in found.items()
        if each.sort in {Sort.BOUNCE, Sort.DELAY, Sort.COMPLAINT, Sort.UNSUBSCRIBE}
    }
    nameless = {name for name, each in news.items() if not each.address}

    assert len(found) >= 79
    assert nameless <= {"arf-11.eml", "arf-15.eml"}  # they name nobody
    assert len(nameless) / len(news) < 0.03
    assert {name: label(each) for name, each in found.items() if name in expected} == expected
    ended = {name for name, each in found.items() if each.kind in {Kind.HARD, Kind.DISABLED}}
    assert ended == {name for name, kind in expected.items() if kind in {"hard", "disabled"}}


def label(found: Finding) -> str:
    return str(found.kind or found.sort)


def _named(kind: str, *names: str) -> dict[str, str]:
    return {f"{Path(name).stem}.eml": kind for name in names}


# Read by hand: what each of the real ones is about.
EXPECTED = {
    **_named("hard", *(f"lhost-amazonses-{n}" for n in ("02", "05", "06", "09", "10", "18"))),
    **_named(
        "hard", *(f"rfc3464-{n}" for n in ("01", "06", "10", "26", "35", "37", "42", "57", "58", "63", "65", "66"))
    ),
    **_named("disabled", "lhost-amazonses-20"),
    **_named("sender", *(f"lhost-amazonses-{n}" for n in ("01", "07", "08", "14", "15", "16", "19", "21"))),
    **_named("sender", *(f"rfc3464-{n}" for n in ("03", "08", "60", "61"))),
    **_named("soft", "lhost-amazonses-03", "lhost-amazonses-17"),
    **_named("soft", *(f"rfc3464-{n}" for n in ("36", "38", "40", "43", "52", "53", "54", "56", "59", "62", "64"))),
    **_named("unknown", *(f"rfc3464-{n}" for n in ("04", "29", "39", "51"))),
    **_named("delay", *(f"rfc3464-{n}" for n in ("07", "09", "34", "55"))),
    **_named("delivery", "lhost-amazonses-12", "lhost-amazonses-13"),
    **_named("other", "rfc3464-28"),
    **_named("auto_reply", *(f"rfc3834-0{n}" for n in range(1, 7))),
    **_named("complaint", "lhost-amazonses-11", *(f"arf-{n}" for n in ("01", "02", "11", "14", "15", "16", "17"))),
    **_named("complaint", *(f"arf-{n}" for n in ("21", "22", "23", "24", "25"))),
    **_named("unsubscribe", "arf-12", "arf-26"),
    **_named("feedback", "arf-18", "arf-19", "arf-20"),
}
