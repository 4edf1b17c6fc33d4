"""A signature is checked by somebody else's verifier, over every letter we could write, and breaks with one changed byte."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.composition.compose import compose, compose_sign_in
from campaigns.composition.dkim import Signer, signatures, signer
from campaigns.enrollment.states import MessageKind
from campaigns.errors import SettingsError
from campaigns.merchants.key_pair import Algorithm, new_private_key, public_value
from tests.composition.cast import LINKS, ana, staff

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)  # in the past: a verifier believes no signature of the future
PEMS = {algorithm: new_private_key(algorithm) for algorithm in Algorithm}
RECORDS = {
    f"{each}._domainkey.harbour.example.".encode(): public_value(PEMS[each], each).encode() for each in Algorithm
}
SIGNERS = tuple(signer("harbour.example", str(each), PEMS[each]) for each in Algorithm)
HEAD = b"From: hello@harbour.example\r\nTo: ana@example.com\r\nSubject: How was it?\r\n"
BODY = b"Well?\r\n"
patient = settings(deadline=None)  # the verifier does RSA in Python
each_algorithm = pytest.mark.parametrize("by", SIGNERS, ids=[str(each) for each in Algorithm])


def lookup(name: bytes, timeout: int = 5) -> bytes | None:
    return RECORDS.get(name)


def verified(data: bytes) -> list[bool]:
    """Let dkimpy check every signature of a mail, the topmost first."""
    count = len(re.findall(rb"(?m)^DKIM-Signature:", data))
    return [dkim.DKIM(data, logger=logging.getLogger("dkim")).verify(idx=at, dnsfunc=lookup) for at in range(count)]


def holds(data: bytes) -> bool:
    """Whether anybody would believe a mail's signature; dkimpy raises where one is not even readable."""
    try:
        return any(verified(data))
    except dkim.DKIMException:
        return False


def signed(head: bytes, body: bytes) -> bytes:
    return signatures(SIGNERS, head, body, NOW) + head + b"\r\n" + body


def parted(data: bytes) -> tuple[bytes, bytes]:
    head, _, body = data.partition(b"\r\n\r\n")
    return head + b"\r\n", body


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_our_letters_are_believed_by_both_keys(kind: MessageKind, language: str) -> None:
    letter = compose(ana(kind, locale=language, merchant_name="Häfen & Töpfe", first_name="آنا"), LINKS)

    assert verified(signed(*parted(letter.data))) == [True, True]


def test_a_mail_with_a_link_that_signs_in_is_believed() -> None:
    assert verified(signed(*parted(compose_sign_in(staff(), LINKS).data))) == [True, True]


@each_algorithm
def test_one_key_signs_alone_as_it_does_beside_another(by: Signer) -> None:
    alone = by.sign(HEAD, BODY, NOW)

    assert alone in signatures(SIGNERS, HEAD, BODY, NOW)
    assert verified(alone + HEAD + b"\r\n" + BODY) == [True]


def test_nobody_signs_where_there_is_no_key() -> None:
    assert signatures((), HEAD, BODY, NOW) == b""


names = st.text(st.characters(codec="utf-8"), max_size=80)
lines = st.binary(max_size=90).map(lambda line: re.sub(rb"[\r\n]", b" ", line))
bodies = st.lists(st.one_of(lines, st.just(b"")), max_size=8).flatmap(
    lambda some: st.sampled_from([b"\r\n".join(some), b"\r\n".join(some) + b"\r\n"])
)


@patient
@given(shop=names, person=names)
def test_whatever_names_we_write_in_headers_and_subjects_are_believed(shop: str, person: str) -> None:
    facts = ana(merchant_name=shop, first_name=person, last_name=person[::-1])

    assert verified(signed(*parted(compose(facts, LINKS).data))) == [True, True]


@patient
@given(body=bodies, trailing=st.integers(0, 3))
def test_whatever_bodies_we_write_are_believed(body: bytes, trailing: int) -> None:
    assert verified(signed(HEAD, body + b"\r\n" * trailing)) == [True, True]


values = st.text(st.sampled_from("ab:;=<>\t  "), min_size=1, max_size=20).filter(str.strip)
folded = st.lists(values, min_size=1, max_size=4).map(lambda parts: "\r\n ".join(parts).replace("\n  ", "\n \t"))
headers = st.tuples(st.sampled_from(["Subject", "To", "REFERENCES", "X-Other", "List-Unsubscribe", "from"]), folded)


@patient
@given(st.lists(headers, min_size=1, max_size=8), st.sampled_from(["", " ", "\t", " \t "]))
def test_headers_in_any_case_folded_anywhere_and_more_than_once_are_believed(
    some: list[tuple[str, str]], gap: str
) -> None:
    head = "From: a@harbour.example\r\n" + "".join(f"{name}:{gap}{value}\r\n" for name, value in some)

    assert verified(signed(head.encode(), BODY)) == [True, True]


@pytest.mark.parametrize("body", [b"", b"\r\n", b"\r\n\r\n\r\n", b"no line break", b" \r\n", b"a\r\n\r\n b\r\n\r\n"])
def test_the_ends_of_bodies_are_canonical(body: bytes) -> None:
    assert verified(signed(HEAD, body)) == [True, True]


@pytest.mark.parametrize(
    "change",
    [
        lambda mail: mail.replace(b"Well?", b"Well!"),
        lambda mail: mail.replace(b"Well?", b" Well?"),
        lambda mail: mail.replace(b"How was it?", b"How was it"),
        lambda mail: mail.replace(b"t=1", b"t=2", 2),
        lambda mail: b"From: eve@evil.example\r\n" + mail,
        lambda mail: b"Subject: You won\r\n" + mail,
        lambda mail: b"Reply-To: eve@evil.example\r\n" + mail,
        lambda mail: b"List-Unsubscribe: <https://evil.example>\r\n" + mail,
        lambda mail: b"Content-Type: text/html\r\n" + mail,
    ],
)
def test_one_changed_byte_or_one_added_header_breaks_it(change: Callable[[bytes], bytes]) -> None:
    assert not holds(change(signed(HEAD, BODY)))


def test_what_relays_rightly_add_breaks_nothing() -> None:
    mail = b"Received: from here\r\nFeedback-ID: theirs\r\n" + signed(HEAD, BODY)

    assert verified(mail) == [True, True]


def test_every_header_of_a_letter_that_matters_is_covered() -> None:
    head, body = parted(compose(ana(MessageKind.REMINDER), LINKS).data)
    said = SIGNERS[0].sign(head, body, NOW).decode()
    listed = re.sub(r"\s", "", said).partition(";h=")[2].partition(";")[0].split(":")
    present = {line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n") if line[:1].strip()}

    assert present - set(listed) == {"x-auto-response-suppress"}
    assert listed.count("from") == 2
    assert {"list-unsubscribe", "list-unsubscribe-post", "in-reply-to", "references", "feedback-id"} <= set(listed)


@each_algorithm
def test_a_signature_is_a_header_of_short_lines(by: Signer) -> None:
    longest = Signer(domain=f"{'a' * 60}.{'b' * 60}.example", selector="c" * 63, key=by.key)
    said = longest.sign(HEAD, BODY, NOW)

    assert said.startswith(b"DKIM-Signature: v=1;")
    assert said.endswith(b"\r\n")
    first, *others = said.removesuffix(b"\r\n").split(b"\r\n")
    assert all(line.startswith(b" ") and line.strip() for line in others)
    assert all(len(line) <= 78 or b"d=" in line for line in (first, *others))
    assert b" t=1767323045;" in said


def test_a_key_is_never_shown_and_a_strange_one_is_refused() -> None:
    assert "PrivateKey" not in repr(SIGNERS)
    with pytest.raises(SettingsError, match="neither RSA nor Ed25519"):
        signer("harbour.example", "askwell1", "-----BEGIN NONSENSE-----")
