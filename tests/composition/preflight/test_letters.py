"""Each check finds the letter that is broken its way, and lets the sound one pass."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from campaigns.catalog.campaign_file import read_definition
from campaigns.composition.preflight import weight
from campaigns.composition.preflight.addresses import check_links
from campaigns.composition.preflight.checks import CHECKS, Readers, look_at, preflight
from campaigns.composition.preflight.colours import check_contrast, colour
from campaigns.composition.preflight.duties import check_postal_address, check_ratings, check_way_out
from campaigns.composition.preflight.finding import Flight, Severity
from campaigns.composition.preflight.page import Page
from campaigns.composition.preflight.structure import check_outlook, complaint_about
from campaigns.composition.preflight.subjects import check_bodies
from campaigns.composition.preflight.support import check_support
from campaigns.composition.preflight.weight import check_pictures, check_size
from campaigns.composition.preview import Shop
from campaigns.composition.render import look_also_in
from tests.composition.cast import NOW
from tests.composition.preflight.hangar import BASE, SOUND, Check, added, fly, found, rewritten

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


@pytest.fixture(scope="module")
def sound() -> Flight:
    return fly()


@pytest.fixture(scope="module")
def pair(sound: Flight) -> Flight:
    """Two letters that differ as much as any: enough to break one thing of."""
    return fly(proofs=(sound.proofs[0], sound.proofs[-1]))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_sound_campaign_passes_every_check(sound: Flight, check: Check) -> None:
    assert [each for each in found(check, sound) if each.severity is not NOTE] == []


def test_a_proof_is_written_for_each_kind_language_and_odd_customer(sound: Flight) -> None:
    assert len({proof.where for proof in sound.proofs}) == len(sound.proofs) >= 2 * 3 * 4
    assert any("Hello," in proof.letter.text and not proof.letter.text.count("Hello Ana") for proof in sound.proofs)
    assert any("Hand-thrown" in proof.letter.text for proof in sound.proofs)


BROKEN = [
    (check_outlook, ("<![endif]-->", ""), "outlook", ERROR, "inside another"),
    (check_ratings, ('data-rating="4"', ""), "rating", ERROR, "The score 4 has no link"),
    (check_postal_address, ("1 Quay Street", ""), "postal address", ERROR, "missing in the HTML"),
    (check_pictures, ('alt="Harbour mug, sea green"', ""), "picture", ERROR, "mug.jpg has no text"),
    (check_contrast, (";color:#ffffff;", ";color:#cccccc;"), "contrast", ERROR, "in #cccccc on #1f6f54"),
    (
        check_contrast,
        ("color:#5c646c", "color:#999999"),
        "contrast",
        ERROR,
        "in #999999 on #ffffff has a contrast of 2.8",
    ),
    (
        check_contrast,
        ("color:#5c646c", "color:#808080"),
        "contrast",
        WARNING,
        "in #808080 on #ffffff has a contrast of 3.9",
    ),
    (check_contrast, ("color: #e9ebed", "color: #30363a"), "contrast", WARNING, "in #30363a on #16191c"),
    (check_way_out, ("text-decoration:underline;", "display:none;"), "unsubscribe", ERROR, "The HTML has no link"),
]


@pytest.mark.parametrize(("check", "change", "name", "severity", "what"), BROKEN)
def test_what_is_broken_is_found(
    sound: Flight, check: Check, change: tuple[str, str], name: str, severity: Severity, what: str
) -> None:
    proofs = tuple(proof for proof in sound.proofs if change[0] in proof.letter.html)[:2]
    broken = rewritten(fly(proofs=proofs), *change)

    findings = found(check, broken)

    assert findings
    assert {(each.check, each.severity) for each in findings} == {(name, severity)}
    assert any(what in each.what for each in findings)
    assert all(each.fix and each.where for each in findings)


ADDED = [
    (check_links, '<a href="http://ask.example/x">More</a>', "link", ERROR),
    (check_links, '<a href="/x">More</a>', "link", ERROR),
    (check_links, '<a href="https://[broken">More</a>', "link", ERROR),
    (check_links, '<a href="https://ask.example/x">https://harbour.example</a>', "disguised link", ERROR),
    (check_links, '<a href="https://ask.example/x">www.harbour.example/mugs</a>', "disguised link", ERROR),
    (check_links, '<a href="https://harbour.example/">Our shop</a>', "hosts", WARNING),
    (check_pictures, '<img src="https://x.example/a.png">', "picture", ERROR),
    (check_pictures, '<a href="https://ask.example/x"><img src="a.png" alt=""></a>', "picture", ERROR),
    (check_outlook, "<!--[if mso]><table><![endif]-->", "outlook", ERROR),
    (check_outlook, "<![endif]-->", "outlook", ERROR),
    (check_outlook, "<!--[if !mso]><!--><p>x</p><![endif]-->", "outlook", ERROR),
    (check_bodies, "<p>Hello {{ contact.name }}</p>", "merge field", ERROR),
    (check_bodies, "<p>Hello %(name)s</p>", "merge field", ERROR),
    (check_contrast, '<p style="color:rgb(200,200,200)">Small print</p>', "contrast", ERROR),
    (check_contrast, '<td bgcolor="#777"><font color="white">Small print</font></td>', "contrast", WARNING),
    (check_support, '<div style="display:flex">x</div>', "mail programs", WARNING),
    (check_support, '<form action="https://ask.example"><input type="radio"></form>', "mail programs", WARNING),
    (check_support, '<svg width="9"></svg>', "mail programs", WARNING),
]


@pytest.mark.parametrize(("check", "html", "name", "severity"), ADDED)
def test_what_does_not_belong_into_a_letter_is_found(
    pair: Flight, check: Check, html: str, name: str, severity: Severity
) -> None:
    assert (name, severity) in {(each.check, each.severity) for each in found(check, added(pair, html))}


HARMLESS = [
    (check_links, '<a href="https://ask.example/x">ask.example</a>'),
    (check_links, '<a href="https://ask.example/x">Write to us, please.</a>'),
    (check_links, '<a href="https://ask.example/x">https://[broken</a>'),
    (check_links, '<a href="mailto:care@harbour.example">care@harbour.example</a>'),
    (check_links, '<a href="http://localhost:8000/x">Here</a>'),
    (check_pictures, '<img src="https://x.example/a.png" alt="">'),
    (check_outlook, "<!--[if mso]><table><tr><td><![endif]--><p>x</p><!--[if mso]></td></tr></table><![endif]-->"),
    (check_outlook, "<!--[if !mso]><!--><p>x</p><!--<![endif]-->"),
    (check_bodies, '<div style="display:none">{{ hidden }}</div>'),
    (check_contrast, '<p style="color:#777;font-size:24px">Large</p>'),
    (check_contrast, '<p style="color:#777;font-weight:700;font-size:19px">Large and bold</p>'),
    (check_contrast, '<p style="background:url(x.png)"><span style="color:#eee">on a picture</span></p>'),
    (check_contrast, '<p style="color:#eeeeee;display:none">unseen</p>'),
]


@pytest.mark.parametrize(("check", "html"), HARMLESS)
def test_what_is_harmless_is_let_be(pair: Flight, check: Check, html: str) -> None:
    kinds = {"hosts"} if "localhost" in html else set()

    assert [
        each for each in found(check, added(pair, html)) if each.check not in kinds and each.severity is not NOTE
    ] == []


@pytest.mark.parametrize(
    ("size", "severity"),
    [(60_000, None), (60_001, NOTE), (89_999, NOTE), (90_000, WARNING), (102_399, WARNING), (102_400, ERROR)],
)
def test_a_letter_is_weighed(sound: Flight, size: int, severity: Severity | None) -> None:
    proof = sound.proofs[0]
    filled = rewritten(fly(proofs=(proof,)), "</body>", "x" * (size - len(proof.letter.html.encode())) + "</body>")

    assert weight.size_of(filled.proofs[0]) == size
    assert [each.severity for each in found(check_size, filled)] == ([severity] if severity else [])


def test_what_encoding_adds_is_weighed_too(sound: Flight) -> None:
    proof = next(proof for proof in sound.proofs if proof.tag == "ar")

    assert weight.size_of(proof) > len(proof.letter.html.encode())


@pytest.mark.parametrize(
    ("line", "instead", "what"),
    [
        ("List-Unsubscribe: ", "X-Other: ", "There is not exactly one List-Unsubscribe and one List-Unsubscribe-Post."),
        (
            "List-Unsubscribe-Post: ",
            "X-Other: ",
            "There is not exactly one List-Unsubscribe and one List-Unsubscribe-Post.",
        ),
        ("=One-Click", "=Two-Clicks", "List-Unsubscribe-Post is not List-Unsubscribe=One-Click."),
        ("<https://ask.example/u/", "<http://ask.example/u/", "List-Unsubscribe has not exactly one https address."),
    ],
)
def test_the_head_says_how_to_unsubscribe(pair: Flight, line: str, instead: str, what: str) -> None:
    broken = rewritten(pair, line, instead, "data")

    assert {each.what for each in found(check_way_out, broken)} == {what}


def test_plain_text_has_the_way_out_the_address_and_the_ratings_too(sound: Flight) -> None:
    proof = sound.proofs[0]
    bare = rewritten(fly(proofs=(proof,)), proof.letter.text, "Hello.", "text")

    said = {each.what for check in (check_way_out, check_postal_address, check_ratings) for each in found(check, bare)}

    assert {"The plain text has no link to unsubscribe.", "The postal address is missing in the plain text."} <= said
    assert sum(what.startswith("The score ") for what in said) == 5


def test_a_merchant_without_an_address_has_no_letters_and_is_told_why() -> None:
    findings = preflight(read_definition(SOUND), Shop(postal_address=" "), BASE, Readers(), NOW)

    assert {each.severity for each in findings} == {ERROR}
    assert "There is no postal address." in {each.what for each in findings}
    assert any(each.check == "letter" for each in findings)


def test_a_template_that_names_what_there_is_not_is_named_with_its_line(tmp_path: Path) -> None:
    for kind in ("invitation", "reminder"):
        folder = tmp_path / "unknown" / kind
        folder.mkdir(parents=True)
        (folder / "subject.txt").write_text("How was it?")
        (folder / "body.txt").write_text("Hello\n{{ contact_phone }}\n")
        (folder / "body.mjml").write_text('[% extends "classic/invitation/body.mjml" %]')
    look_also_in(tmp_path)

    findings = preflight(replace(read_definition(SOUND), template="unknown"), Shop(), BASE, Readers(), NOW)

    assert [(each.check, each.severity) for each in findings] == [("letter", ERROR)] * 2
    assert "unknown/invitation/body.txt, line 2" in findings[0].what


def test_what_many_letters_have_in_common_is_said_once(sound: Flight) -> None:
    findings = look_at(added(sound, '<a href="http://ask.example/x">More</a>'))

    [link] = [each for each in findings if each.check == "link"]
    assert link.where == f"the invitation in en and {len(sound.proofs) - 1} more"
    assert findings[0] == link


def test_programs_are_weighed_by_a_merchants_own_audience(pair: Flight) -> None:
    flexed = added(pair, '<div style="display:flex">x</div>')

    by_apple = found(check_support, fly(proofs=flexed.proofs, audience={"apple": 1.0}))
    assert [each for each in by_apple if each.severity is WARNING] == []
    [named] = [
        each
        for each in found(check_support, fly(proofs=flexed.proofs, audience={"outlook_windows": 3.0}))
        if each.severity is WARNING
    ]
    assert (
        "css-display-flex works for about 0% of the readers (https://www.caniemail.com/features/css-display-flex/)"
        in named.what
    )


def test_what_outlook_alone_is_shown_counts_for_nobody_else(pair: Flight) -> None:
    hidden = added(pair, '<!--[if mso]><div style="display:flex"></div><![endif]-->')

    assert [each for each in found(check_support, hidden) if each.severity is WARNING] == []


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<p>x</p>", ""),
        ("<!--[if mso]>", "never closed"),
        ("<!--[if mso]><!--[if mso]>x<![endif]-->", "inside another"),
        ("<!--[if mso]><td><![endif]--><p></p>", "For Outlook, <td>"),
        ("<!--[if !mso]><!--><td><!--<![endif]--><p></p>", "For everybody but Outlook, <td>"),
        ("<table><!--[if mso]></table><![endif]-->", "For everybody but Outlook, <table>"),
    ],
)
def test_conditional_comments_are_paired(html: str, complaint: str) -> None:
    said = complaint_about(html)

    assert complaint in said
    assert bool(said) == bool(complaint)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("#FFF", "#ffffff"),
        ("#1f6f54", "#1f6f54"),
        ("rgb(31, 111, 84)", "#1f6f54"),
        ("white url(x.png)", "#ffffff"),
        ("var(--ink)", ""),
        ("rebeccapurple", ""),
    ],
)
def test_a_colour_is_read_where_it_is_plainly_one(text: str, read: str) -> None:
    assert colour(text) == read


def test_a_page_knows_what_is_seen_and_survives_broken_html() -> None:
    page = Page('<p>One <b>two</i></p></div><span hidden>three<br></span><title>four</title><img src="x"/>')

    assert re.findall(r"\w+", page.seen) == ["One", "two", "three"]
    assert [each.tag for each in page.elements] == ["p", "b", "span", "br", "title", "img"]
