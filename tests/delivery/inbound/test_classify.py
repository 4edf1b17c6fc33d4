"""What a bounce is about: a table of what servers say, and laws that keep people from being blamed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.delivery.event import Kind, News
from campaigns.delivery.inbound.classify import Verdict, classify
from campaigns.delivery.kinds import by_status

K = Kind
FAILED: list[tuple[str, str, Kind]] = [
    # By their codes.
    ("5.1.1", "smtp; 550 5.1.1 <ana@example.com>... User Unknown", K.HARD),
    ("5.1.1", "", K.HARD),
    ("5.1.2", "", K.HARD),
    ("5.1.3", "", K.HARD),
    ("5.1.6", "smtp; 550 5.1.6 recipient no longer on server", K.HARD),
    ("5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound", K.HARD),
    ("5.4.4", "smtp; 550 5.4.4 Invalid domain", K.HARD),
    ("5.2.1", "smtp; 550 5.2.1 The email account that you tried to reach is disabled.", K.DISABLED),
    ("5.2.2", "smtp; 552 5.2.2 mailbox full", K.SOFT),
    ("5.2.3", "smtp; 552 5.2.3 message too large", K.CONTENT),
    ("5.3.4", "smtp; 552 5.3.4 Message size exceeds fixed limit", K.CONTENT),
    ("5.6.0", "", K.CONTENT),
    ("5.6.3", "", K.CONTENT),
    ("5.6.7", "", K.HARD),
    ("4.6.7", "", K.HARD),
    ("5.1.8", "smtp; 501 5.1.8 Sender address rejected", K.SENDER),
    ("5.7.1", "smtp; 550 5.7.1 <ana@example.com>: Recipient address rejected: User unknown", K.SENDER),
    ("5.7.26", "smtp; 550-5.7.26 This mail has been blocked because the sender is unauthenticated.", K.SENDER),
    ("5.7.515", "", K.SENDER),
    ("5.7.9", "", K.SENDER),
    ("5.7.17", "", K.UNKNOWN),
    ("5.4.1", "smtp; 550 5.4.1 Recipient address rejected: Access denied.", K.UNKNOWN),
    ("5.4.6", "", K.SOFT),
    ("5.4.7", "", K.SOFT),
    ("5.5.1", "", K.UNKNOWN),
    # A later try might have worked, so nobody is blamed.
    (
        "4.4.7",
        "smtp; 554 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.2 Connection timed out>",
        K.SOFT,
    ),
    ("4.0.0", "smtp; 426 connection timed out", K.SOFT),
    ("4.0.0", "smtp; DNS type 'mx' lookup of example.com responded with code NXDOMAIN", K.SOFT),
    ("4.2.2", "", K.SOFT),
    ("4.7.1", "smtp; 451 4.7.1 Greylisted", K.SOFT),
    # The report says nothing, what it quotes does.
    ("5.0.0", "smtp; 550 5.1.1 no such user", K.HARD),
    ("4.0.0", "smtp; 550 5.1.1 no such user", K.HARD),
    ("5.0.0 (permanent failure)", "smtp; 5.1.0 - Unknown address error 550-'5.7.1 ... Access denied'", K.SENDER),
    ("5.0.0", "smtp; 5.1.0 - Unknown address error 550-'5.2.2 <ana@example.com>... Mailbox Full'", K.SOFT),
    ("5.0.0", "smtp; 452 4.2.2 over quota", K.SOFT),
    ("", "550 5.1.1", K.HARD),
    # Words alone.
    ("5.0.0", "smtp; 550 : User unknown", K.HARD),
    ("5.0.0", "The email account that you tried to reach does not exist.", K.HARD),
    ("5.0.0", "smtp; 550 'ana@example.com' is not a registered gateway user", K.HARD),
    ("5.0.0", "smtp; 553 sorry, no mailbox here by that name", K.HARD),
    ("5.0.0", "smtp; 554 delivery error: dd This user doesn't have a yahoo.com account", K.HARD),
    ("5.0.0", "smtp; 550 Host or domain name not found", K.HARD),
    ("5.0.0", "smtp; 554 Mail from shop.example rejected for policy reasons.", K.SENDER),
    ("5.0.0", "smtp; Your email to group was rejected due to spam classification.", K.SENDER),
    ("5.0.0", "smtp; 554 Relay access denied", K.SENDER),
    ("5.0.0", "smtp; 550 Sender address rejected: Domain not found", K.SENDER),
    ("5.0.0", "smtp; 521 Service unavailable; client [192.0.2.1] blocked using dnsbl.example", K.SENDER),
    ("5.0.0", "smtp; 552 mailbox full", K.SOFT),
    ("", "smtp; 552 Requested mail action aborted", K.SOFT),
    ("", "User's mailbox is full: <ana@example.com>", K.SOFT),
    ("5.0.0", "smtp; 552 message too large", K.CONTENT),
    ("5.0.0", "smtp; 550 This account has been disabled or discontinued", K.DISABLED),
    ("5.0.0", "smtp; 550 #5.1.0 Address rejected.", K.UNKNOWN),
    ("5.5.0", "smtp; 503 Improper sequence of commands", K.UNKNOWN),
    ("5.0.0", "", K.UNKNOWN),
    ("", "", K.UNKNOWN),
    # A code that the words beside it deny.
    ("5.1.1", "smtp; 550 5.1.1 rejected as spam, see our policy", K.SENDER),
    ("5.1.1", "smtp; 550 5.1.1 over quota", K.SOFT),
    ("5.1.1", "smtp; 550 5.1.1 user unknown, blocked", K.HARD),
    # What only looks like a reason: an address, a link, a network.
    ("5.0.0", "smtp; 550 rejected <spam.policy@example.com> https://example.com/?p=DisabledUser", K.UNKNOWN),
    ("5.0.0", "smtp; 550 rejected <no-such-user@example.com>", K.UNKNOWN),
    ("5.0.0", "smtp; 550 user unknown at 5.7.1.2", K.HARD),
]


@pytest.mark.parametrize(("status", "said", "kind"), FAILED)
def test_a_failure_is_what_its_codes_and_words_say(status: str, said: str, kind: Kind) -> None:
    assert classify("failed", status, said).kind is kind


@pytest.mark.parametrize(
    ("action", "status", "news"),
    [
        ("failed", "5.1.1", News.BOUNCED),
        ("Failed", "5.1.1", News.BOUNCED),
        ("failed (bounced)", "5.1.1", News.BOUNCED),
        ("delayed", "4.4.1", News.DELAYED),
        ("Delayed", "5.1.1", News.DELAYED),
        ("delivered", "2.0.0", News.DELIVERED),
        ("relayed", "2.0.0", None),
        ("expanded", "2.0.0", None),
        ("deliverable", "2.1.5", None),
        ("", "5.1.1", None),
    ],
)
def test_only_a_failure_is_a_bounce(action: str, status: str, news: News | None) -> None:
    verdict = classify(action, status, "")

    assert verdict.news is news
    assert (verdict.kind is not None) is (news is News.BOUNCED)


def test_the_numbers_of_the_last_server_are_kept() -> None:
    assert classify("failed", "5.0.0 (so)", "smtp; 550-5.7.26 no") == Verdict(News.BOUNCED, K.SENDER, 550, "5.7.26")


words = st.text(alphabet="abc 5.-12470<>@:;'()\n", max_size=60)


@settings(max_examples=60)
@given(st.integers(0, 999), st.integers(0, 999), words)
def test_no_transient_code_ends_an_address(subject: int, detail: int, said: str) -> None:
    status = f"4.{subject}.{detail}"
    kind = classify("failed", status, "").kind

    assert kind is (K.HARD if (subject, detail) == (6, 7) else K.SOFT)
    assert classify("delayed", status, said).kind is None


@settings(max_examples=60)
@given(st.integers(0, 999), st.sampled_from(["", "user unknown", "no such user", "mailbox full", "disabled account"]))
def test_what_a_server_calls_policy_is_never_the_recipients(detail: int, said: str) -> None:
    kind = classify("failed", f"5.7.{detail}", said).kind

    assert kind in {K.SENDER, K.UNKNOWN}
    assert (kind is K.UNKNOWN) is (detail in {2, 17, 18, 124, 129, 133, 134, 135, 136})
    assert by_status(f"5.7.{detail}") is kind
