"""Reading ends, soon and without an error, whatever somebody sends."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.delivery.inbound.finding import Finding
from campaigns.delivery.inbound.forward import _as_sent
from campaigns.delivery.inbound.parse import LARGEST, Parsed, parse
from campaigns.delivery.inbound.reading import read
from campaigns.delivery.inbound.reply import own_words, score_in
from tests.delivery.inbound import mails
from tests.delivery.inbound.test_reading import LETTER

SHAPES = (
    mails.dsn(LETTER),
    mails.arf(LETTER),
    mails.hotmail(LETTER),
    mails.written_by_hand(),
    mails.out_of_office("Auto-Submitted: auto-replied"),
    mails.reply(LETTER),
    b'From: a@b.example\n\n{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"a@b.example"}]}}',
)
NOISE = (
    *(b"\n\n", b"\r", b"\x00", b"\xff\xfe", b"--b1", b"--b1--", b": ", b"<>", b"=?utf-8?b?", b"?=", b"\n ", b'"', b";"),
    *(b"Content-Type: message/rfc822\n\n", b"Content-Type: multipart/mixed; boundary=b1\n\n", b"charset=punycode"),
    *(
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: x-uuencode\n",
        b"charset=undefined",
        b"{",
        b"[" * 500,
    ),
)


def take_in(raw: bytes) -> tuple[Parsed, Finding]:
    mail = parse(raw)
    score_in(own_words(mail.text), 1, 5)
    _as_sent(raw)
    return mail, read(mail)


@settings(max_examples=60)
@given(st.sampled_from(SHAPES), st.randoms(use_true_random=False))
def test_a_mail_with_pieces_missing_doubled_and_thrown_in_is_read(shape: bytes, chance: random.Random) -> None:
    mail, finding = take_in(mutilated(shape, chance))

    assert isinstance(finding.address, str)
    assert len(mail.text) <= 100_000


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(raw: bytes) -> None:
    take_in(raw)
    take_in(b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n" + raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"Subject: " + b"x" * LARGEST,
        b"Content-Type: text/plain; " + b'a="b";' * 300_000 + b"\n\nhi",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(20_000)),
        b"Content-Type: message/rfc822\n\n" * 50_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nX: y\n\nhi\n" * 100_000,
        b"X: y\n" * 500_000,
        b"From: " + b"<" * 900_000 + b"\n\n" + b"<" * 100_000,
        b"From: a@b.example\n\n" + b"from: x" + b"y" * 900_000,
        b"From: MAILER-DAEMON@b.example\nSubject: Returned mail\n\n" + b"a@b.example " * 80_000,
        b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 400_000,
        b"Content-Type: text/html\n\n" + b"<a <style><" * 90_000,
        b"Subject: " + b"=?utf-8?b?" * 80_000 + b"\n\n5",
        b"From: a@b.example\n\n" + b'{"notificationType":' * 20_000,
        b"From: a@b.example\n\n" + b"Status: 5.1.1\n" * 70_000,
    ],
    ids=lambda raw: f"{raw[:40]!r}",
)
def test_a_trap_costs_seconds_at_most(raw: bytes) -> None:
    begin = time.process_time()
    take_in(raw)

    assert time.process_time() - begin < 10  # many times what any of them takes: minutes are what they are made for


@pytest.mark.drill
def test_real_mails_in_pieces_are_read() -> None:
    chance = random.Random(7)
    for path in sorted(mails.samples().glob("[da][sr][nf]/*.eml")):
        for _ in range(40):
            take_in(mutilated(path.read_bytes(), chance))


def mutilated(raw: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 8)):
        begin, end = sorted(chance.randint(0, len(raw)) for _ in range(2))
        middle = chance.choice((b"", raw[begin:end][::-1], raw[begin:end] * 2, chance.choice(NOISE)))
        raw = raw[:begin] + middle + (raw[end:] if chance.random() < 0.5 else raw[begin:])
    return raw[:200_000]
