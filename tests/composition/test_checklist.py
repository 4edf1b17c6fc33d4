"""What providers, RFCs and the law want of a letter, asserted on the bytes that leave: every template, both kinds."""

import email
import email.policy
import logging
import re
from email.message import EmailMessage
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

import dkim
import pytest

from campaigns.catalog.campaign_file import TEMPLATES
from campaigns.catalog.scale import SCALES, ScaleName
from campaigns.composition.press import Press
from campaigns.enrollment.states import MessageKind
from campaigns.errors import RenderingError
from campaigns.links import Links
from campaigns.merchants.look import Look
from campaigns.tokens import Tokens
from tests.composition.cast import LINKS, MUG, POT, ana, html_links
from tests.composition.page import Page
from tests.composition.test_dkim import lookup, signed

PRESS = Press(LINKS)
# The longest link there may be: none is folded, whatever a signed address comes to.
FAR = Press(Links(f"https://{'surveys.' * 6}harbour.example", Tokens(("k" * 40,))))
LOGO = Look(logo_url="https://shop.example/logo.png", second="#7a1f3d", signature="Maria")
each_letter = pytest.mark.parametrize(
    ("template", "kind"), [(template, kind) for template in TEMPLATES for kind in MessageKind]
)
each_scale = pytest.mark.parametrize("scale", ScaleName)


class Sent(NamedTuple):
    """A letter as a receiver sees it."""

    wire: bytes
    message: EmailMessage
    html: str
    text: str

    @property
    def head(self) -> list[str]:
        """The physical lines of the head."""
        return self.wire.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")

    def header(self, name: str) -> list[str]:
        """Return each line that begins a header, without its name."""
        return [line.partition(": ")[2] for line in self.head if line.lower().startswith(f"{name.lower()}: ")]


@cache
def sent(template: str, kind: MessageKind, scale: ScaleName = ScaleName.STARS5, locale: str = "en") -> Sent:
    facts = ana(kind, template=template, scale=scale, locale=locale, look=LOGO, items=(MUG, POT, MUG, POT))
    return _received(PRESS.letter(facts).data)


def _received(wire: bytes) -> Sent:
    message = email.message_from_bytes(wire, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    parts = [message.get_body((kind,)) for kind in ("html", "plain")]
    html, text = (str(part.get_content()).replace("\r\n", "\n") for part in parts if isinstance(part, EmailMessage))
    return Sent(wire, message, html, text)


@each_letter
def test_it_comes_from_one_address_goes_to_one_and_asks_for_answers_where_they_are_read(
    template: str, kind: MessageKind
) -> None:
    letter = sent(template, kind)

    assert letter.header("From") == ['"Harbour Mugs" <hello@harbour.example>']
    assert letter.header("To") == ['"Ana Ruiz" <ana@example.com>']
    assert letter.header("Reply-To") == ["care@harbour.example"]
    assert letter.header("Cc") == letter.header("Bcc") == []


@each_letter
def test_it_says_when_it_was_written_and_which_it_is(template: str, kind: MessageKind) -> None:
    letter = sent(template, kind)

    assert letter.message["Date"].datetime is not None
    assert re.fullmatch(r"<[^\s<>@]+@harbour\.example>", letter.header("Message-ID")[0])
    assert len(letter.header("Date")) == len(letter.header("Message-ID")) == len(letter.header("MIME-Version")) == 1


@each_letter
def test_one_click_stops_it_and_the_header_is_one_physical_line(template: str, kind: MessageKind) -> None:
    for letter in (sent(template, kind), _received(FAR.letter(ana(kind, template=template)).data)):
        [unsubscribe] = letter.header("List-Unsubscribe")
        assert re.fullmatch(r"<https://[^>\s]+>(, <mailto:[^>\s]+>)?", unsubscribe)
        assert "=?" not in unsubscribe
        assert letter.header("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
        at = letter.head.index(f"List-Unsubscribe: {unsubscribe}")
        assert not letter.head[at + 1].startswith((" ", "\t"))
        assert unsubscribe.strip("<>") in letter.text
        assert unsubscribe.strip("<>") in html_links(letter.html)


@each_letter
def test_its_signature_covers_how_to_stop_it_and_aligns_with_who_writes(template: str, kind: MessageKind) -> None:
    head, _, body = sent(template, kind).wire.partition(b"\r\n\r\n")

    wire = signed(head + b"\r\n", body)

    for line in wire.split(b"DKIM-Signature:")[1:]:
        tags = dict(part.strip().split(b"=", 1) for part in line.split(b"\r\nFrom:")[0].split(b";") if b"=" in part)
        covered = re.sub(rb"\s", b"", tags[b"h"]).lower().split(b":")
        assert {b"list-unsubscribe", b"list-unsubscribe-post", b"feedback-id", b"subject", b"to"} <= set(covered)
        assert covered.count(b"from") == 2
        assert tags[b"d"].strip() == b"harbour.example"
    assert wire.count(b"DKIM-Signature:") == 2
    assert dkim.DKIM(wire, logger=logging.getLogger("dkim")).verify(idx=0, dnsfunc=lookup)


@each_letter
def test_machines_can_tell_what_it_is(template: str, kind: MessageKind) -> None:
    letter = sent(template, kind)

    assert letter.header("Feedback-ID") == [f"campaign3:{kind}:merchant7:askwell"]
    *ids, sender = letter.header("Feedback-ID")[0].split(":")
    assert len(set(ids)) == len(ids) <= 3
    assert 5 <= len(sender) <= 15
    assert letter.header("Auto-Submitted") == ["auto-generated"]
    assert letter.header("Precedence") == []


@each_letter
@each_scale
def test_plain_text_holds_every_link_and_the_postal_address(template: str, kind: MessageKind, scale: ScaleName) -> None:
    letter = sent(template, kind, scale)

    token = LINKS.letter_token(43 if kind is MessageKind.REMINDER else 42)
    links = [LINKS.rate(token, score) for score in SCALES[scale].scores]
    assert [line for line in letter.text.splitlines() if "/r/" in line] == links
    assert LINKS.unsubscribe(token) in letter.text.splitlines()
    assert "1 Quay Street, Galway, Ireland" in letter.text
    assert sorted(html_links(letter.html)) == sorted([*links, LINKS.unsubscribe(token)])
    assert letter.message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.message.iter_parts()] == ["text/plain", "text/html"]


@each_letter
@each_scale
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_it_is_small_and_no_relay_changes_its_lines(
    template: str, kind: MessageKind, scale: ScaleName, locale: str
) -> None:
    letter = sent(template, kind, scale, locale)

    assert len(letter.html.encode()) < 40_000
    assert len(letter.wire) < 60_000
    assert letter.wire.isascii()
    assert b"\n" not in letter.wire.replace(b"\r\n", b"")
    assert max(map(len, letter.wire.split(b"\r\n"))) <= 998
    assert all(len(line) <= 78 for line in letter.head if not line.startswith("List-Unsubscribe: "))


@each_letter
@each_scale
def test_its_links_are_words_that_lead_to_one_host_over_https(
    template: str, kind: MessageKind, scale: ScaleName
) -> None:
    page = Page(sent(template, kind, scale).html)

    urls = [urlsplit(link["href"]) for link in page.links()]
    assert {(url.scheme, url.hostname) for url in urls} == {("https", LINKS.host)}
    assert not any(url.query or url.fragment for url in urls)
    assert not re.search(r"https?://|www\.", page.words)
    assert all(urlsplit(source).scheme == "https" for source in page.values("src"))
    assert not {"script", "form", "iframe", "input", "link", "object"} & {tag for tag, _ in page.tags}


@each_letter
@pytest.mark.parametrize("locale", ["en", "de", "ar"])
def test_a_subject_of_any_length_keeps_its_lines_short(template: str, kind: MessageKind, locale: str) -> None:
    for name in ("Häfen und Töpfe am Quai " * 9, "漢" * 120, "word " * 40, "x" * 150):
        facts = ana(kind, template=template, locale=locale, merchant_name=name, first_name=name)
        letter = _received(PRESS.letter(facts).data)

        at = next(number for number, line in enumerate(letter.head) if line.startswith("Subject: "))
        lines = [letter.head[at]]
        for line in letter.head[at + 1 :]:
            if not line.startswith(" "):
                break
            lines.append(line)
        assert all(len(line) <= 78 for line in lines)


@each_letter
def test_without_a_postal_address_there_is_no_letter(template: str, kind: MessageKind) -> None:
    with pytest.raises(RenderingError, match="postal address"):
        PRESS.letter(ana(kind, template=template, postal_address="  "))


@each_letter
def test_what_goes_into_the_envelope_is_what_the_letter_says(template: str, kind: MessageKind) -> None:
    sealed = PRESS.letter(ana(kind, template=template))

    assert (sealed.sender, sealed.recipient) == ("hello@harbour.example", "ana@example.com")


@each_letter
def test_on_http_for_one_laptop_the_links_follow_the_address_book(template: str, kind: MessageKind) -> None:
    at_home = Press(Links("http://localhost:8000", Tokens(("k" * 40,))))

    urls = html_links(_received(at_home.letter(ana(kind, template=template)).data).html)

    assert {url.split("/")[2] for url in urls} == {"localhost:8000"}
