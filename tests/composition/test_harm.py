"""What others wrote stays words: no name, product or order id becomes markup, a header or a second line."""

import email
import email.policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.composition.compose import compose
from campaigns.composition.line import one_line, person_name
from tests.composition.cast import LINKS, MUG, ana, body, parse, wire_header
from tests.composition.page import Page

NASTY = (
    "<script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>",
    "-->]]></title></style>",
    "{{ 7 * 7 }}{% raw %}{#",
    "[[ lang ]][% include 'x' %]",
    "Ana\r\nBcc: eve@evil.example",
    "Ana\u2028\x00\x85Eve",
    "=?utf-8?q?=0D=0ABcc:_eve?=",
    "'; DROP TABLE message; --",
    "👩‍👩‍👧 Zoë",
    "ليلى \u202e evil",
    "%(merchant)s %s %",
    "a" * 5000,
    "\ud800",
)
words = st.one_of(st.sampled_from(NASTY), st.text(max_size=200))
SHAPE = Page(compose(ana(), LINKS).html).shape


@settings(max_examples=150)
@given(first_name=words, last_name=words, product=words, merchant=words, order_id=words)
def test_nobodys_words_change_the_shape_of_a_letter(
    first_name: str, last_name: str, product: str, merchant: str, order_id: str
) -> None:
    facts = ana(
        first_name=first_name,
        last_name=last_name,
        merchant_name=merchant,
        order_id=order_id,
        items=({**MUG, "name": f"Mug {product}"},),
    )

    letter = compose(facts, LINKS)

    page = Page(letter.html)
    assert page.shape == SHAPE
    assert one_line(f"Mug {product}", 100) in page.words
    assert person_name(first_name) in page.words
    headers = parse(letter)
    assert len(headers.keys()) == len(set(headers.keys()))
    assert headers["Bcc"] is None
    assert "\n" not in letter.subject


@settings(max_examples=150)
@given(name=words, postal_address=words.map("Quay Street {}".format))
def test_a_letter_survives_the_wire_to_the_letter(name: str, postal_address: str) -> None:
    letter = compose(ana(first_name=name, merchant_name=name, postal_address=postal_address), LINKS)

    assert body(letter, "plain") == letter.text + "\n"
    assert body(letter, "html") == letter.html + "\n"
    assert parse(letter)["Subject"] == letter.subject
    # Python's newer parser puts a space between two encoded words of a name; RFC 2047 says not to.
    shown, address = parseaddr("".join(wire_header(letter, "From")))
    assert address == "hello@harbour.example"
    assert str(make_header(decode_header(shown))) == one_line(name, 64)


@settings(max_examples=100)
@given(subject=st.one_of(words, st.text(alphabet="äöü漢字🙂 x", min_size=60, max_size=150)))
def test_every_line_on_the_wire_is_ascii_and_short(subject: str) -> None:
    letter = compose(ana(merchant_name=subject, first_name=subject), LINKS)

    head, _, content = letter.data.partition(b"\r\n\r\n")
    assert letter.data.isascii()
    assert b"\n" not in letter.data.replace(b"\r\n", b"")
    assert b"\r" not in letter.data.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) < 76
    assert not [line for line in content.split(b"\r\n") if line.startswith((b".", b"From "))]
    long = [line for line in head.split(b"\r\n") if len(line) > 78]
    assert all(line.startswith((b"List-Unsubscribe: ", b'From: "', b'To: "')) for line in long)


@pytest.mark.parametrize(
    "name", ["Win at https://evil.example", "evil.com", "www.evil.com", "eve@evil.example", r"\\evil"]
)
def test_a_name_that_would_become_a_link_is_not_used(name: str) -> None:
    letter = compose(ana(first_name=name, last_name=name), LINKS)

    assert "evil" not in letter.text
    assert "evil" not in letter.html
    assert wire_header(letter, "To") == ["ana@example.com"]


def test_a_newline_in_a_name_starts_no_header() -> None:
    letter = compose(ana(merchant_name="Harbour\r\nBcc: eve@evil.example\r\n\r\nHello", order_id="1\n2"), LINKS)

    message = email.message_from_bytes(letter.data, policy=email.policy.default)
    assert message["Bcc"] is None
    assert wire_header(letter, "From") == ['"Harbour Bcc: eve@evil.example Hello" <hello@harbour.example>']
    assert "(order 1 2)" in letter.text


def test_emoji_and_names_of_the_other_direction_arrive_whole() -> None:
    letter = compose(ana(first_name="ليلى", last_name="👩‍👩‍👧", merchant_name="أكواب Zoë 🙂"), LINKS)

    assert parse(letter)["To"].addresses[0].display_name == "ليلى 👩‍👩‍👧"
    assert parse(letter)["From"].addresses[0].display_name == "أكواب Zoë 🙂"
    assert "Hello \u2068ليلى\u2069," in body(letter, "html")
