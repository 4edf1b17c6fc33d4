from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from campaigns.catalog.scale import SCALES, ScaleName
from campaigns.composition.compose import compose, compose_sign_in
from campaigns.composition.render import compiled
from campaigns.enrollment.states import MessageKind
from campaigns.errors import RenderingError
from campaigns.languages import speak
from campaigns.merchants.look import Look
from campaigns.tokens import Purpose, Tokens
from tests.composition.cast import LANGUAGES, LINKS, MUG, POT, ana, body, parse, staff, wire_header
from tests.composition.page import Page


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("scale", ScaleName)
def test_every_letter_has_one_link_for_each_score_lowest_first_in_both_bodies(
    scale: ScaleName, kind: MessageKind, locale: str
) -> None:
    facts = ana(kind, scale=scale, locale=locale)
    token = LINKS.letter_token(facts.message_id)
    expected = [LINKS.rate(token, score) for score in SCALES[scale].scores]

    letter = compose(facts, LINKS)

    ratings = [link for link in Page(body(letter, "html")).links() if "data-rating" in link]
    assert [link["href"] for link in ratings] == expected
    assert [int(link["data-rating"]) for link in ratings] == list(SCALES[scale].scores)
    assert [line for line in body(letter, "plain").splitlines() if "/r/" in line] == expected
    assert all(link["title"] for link in ratings)


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("kind", MessageKind)
def test_both_bodies_say_why_who_until_when_and_how_to_stop(kind: MessageKind, locale: str) -> None:
    facts = ana(kind, locale=locale)
    closes = speak(locale).date(facts.closes_at, facts.timezone)

    letter = compose(facts, LINKS)

    unsubscribe = LINKS.unsubscribe(LINKS.letter_token(facts.message_id))
    for words in (Page(letter.html).words, letter.text):
        assert "1 Quay Street, Galway, Ireland" in words
        assert "1001" in words
        assert closes in words
        assert speak(locale).gettext("One click is enough. It takes no account.") in words
    assert unsubscribe in Page(letter.html).values("href")
    assert unsubscribe in letter.text
    assert wire_header(letter, "List-Unsubscribe") == [f"<{unsubscribe}>"]


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("scale", ScaleName)
def test_a_letter_is_small_calls_no_other_host_and_shows_its_links_as_words(scale: ScaleName, locale: str) -> None:
    letter = compose(ana(scale=scale, locale=locale), LINKS)

    page = Page(letter.html)
    assert len(letter.html.encode()) < 60_000
    assert {urlsplit(link["href"]).hostname for link in page.links()} == {LINKS.host}
    assert page.values("src") == [MUG["image_url"]]
    assert not [tag for tag, _ in page.tags if tag in {"link", "script", "form", "iframe"}]
    assert "url(" not in letter.html
    assert "https://" not in page.words


@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")])
def test_a_letter_says_its_language_and_reads_in_its_direction(locale: str, direction: str) -> None:
    page = Page(compose(ana(locale=locale), LINKS).html)

    assert page.tags[0] == ("html", {**page.tags[0][1], "lang": locale, "dir": direction})
    assert ("div", direction) in [(tag, attributes.get("dir")) for tag, attributes in page.tags]
    styles = " ".join(page.values("style"))
    assert f"direction:{direction}" in styles
    assert f"direction:{'ltr' if direction == 'rtl' else 'rtl'}" not in styles


def test_a_letter_names_what_was_bought_and_counts_the_rest() -> None:
    one, two, four = (compose(ana(items=(MUG, *(POT,) * more)), LINKS).text for more in (0, 1, 3))

    assert "Thank you for buying “Harbour mug”." in one
    assert "Thank you for buying “Harbour mug” and 1 more item." in two
    assert "Thank you for buying “Harbour mug” and 3 more items." in four


@pytest.mark.parametrize("items", [(), ({"name": ""},), ({"name": None},), ({"name": 7, "image_url": 7},)])
def test_an_order_of_nothing_named_still_gets_a_letter(items: tuple[dict[str, object], ...]) -> None:
    letter = compose(ana(items=items, total=None, purchased_at=None), LINKS)

    assert "Thank you for your order." in letter.text
    assert Page(letter.html).values("src") == []


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "http://shop.example/mug.jpg",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "https://",
        "https://[",
        "https://user@shop.example/mug.jpg",
        "https://shop.example/m ug.jpg",
        "https://shop.example/\nmug.jpg",
        "https://shop.example/" + "m" * 2000,
    ],
)
def test_a_picture_is_plainly_one_over_https_or_left_out(url: str | None) -> None:
    letter = compose(ana(items=({**MUG, "image_url": url},)), LINKS)

    assert Page(letter.html).values("src") == []
    assert "Harbour mug" in letter.text


@pytest.mark.parametrize(
    ("total", "currency", "shown"),
    [
        (Decimal(4980), "JPY", "¥4,980"),
        (Decimal("49.9"), "EUR", "€49.90"),
        (Decimal("1.5"), "KWD", "KWD1.500"),
    ],
)
def test_a_price_has_as_many_decimals_as_its_currency(total: Decimal, currency: str, shown: str) -> None:
    letter = compose(ana(total=total, currency=currency), LINKS)

    assert f"November 18, 2026 · {shown}" in letter.text.replace("\xa0", "").splitlines()


@pytest.mark.parametrize("total", ["NaN", "Infinity", "1E+999999"])
def test_an_absurd_price_is_not_shown(total: str) -> None:
    assert "November 18, 2026\n" in compose(ana(total=Decimal(total)), LINKS).text


def test_a_mail_is_compiled_once_for_each_language() -> None:
    for locale in LANGUAGES:
        compose(ana(locale=locale), LINKS)
    before = compiled.cache_info().misses

    for number in range(20):
        compose(ana(message_id=number + 1, first_name=f"Ana {number}", locale=LANGUAGES[number % 3]), LINKS)

    assert compiled.cache_info().misses == before


@pytest.mark.parametrize("accent", ["#ffee00", "#000000", "red;}</style><script>", "", "url(https://evil.example)"])
def test_a_colour_is_made_readable_or_replaced(accent: str) -> None:
    page = Page(compose(ana(look=Look(accent=accent)), LINKS).html)

    assert not [tag for tag, _ in page.tags if tag == "script"]
    assert len(set(page.values("bgcolor"))) == 1
    assert "evil" not in page.source


def test_a_sign_in_mail_carries_its_link_and_nothing_to_unsubscribe_from() -> None:
    letter = compose_sign_in(staff(), LINKS)

    url = LINKS.sign_in(9)
    assert url in letter.text
    assert [link["href"] for link in Page(letter.html).links()] == [url]
    assert parse(letter)["List-Unsubscribe"] is None
    assert letter.subject == "Your link to sign in to Harbour Mugs"
    assert "15 minutes" in letter.text
    assert letter == compose_sign_in(staff(), LINKS)


def test_one_token_in_every_link_is_of_this_message() -> None:
    tokens = Tokens(("k" * 40,))

    letter = compose(ana(), LINKS)

    hrefs = [link["href"].split("/") for link in Page(letter.html).links()]
    (token,) = {parts[4] for parts in hrefs}
    assert {parts[3] for parts in hrefs} == {"r", "u"}
    assert tokens.read_id(Purpose.LETTER, token) == 42


@pytest.mark.parametrize("currency", ["", "coins"])
def test_a_price_without_a_currency_is_left_out(currency: str) -> None:
    letter = compose(ana(total=Decimal("49.90"), currency=currency), LINKS)

    assert "49" not in letter.text.split("How was your order")[0]


def test_a_merchant_without_a_postal_address_writes_to_nobody() -> None:
    with pytest.raises(RenderingError, match="postal address"):
        compose(ana(postal_address=" \n "), LINKS)


def test_a_foreign_postal_address_stays_in_one_piece_in_arabic() -> None:
    letter = compose(ana(locale="ar", postal_address="1 Quay Street, Galway"), LINKS)

    assert "\u20681 Quay Street, Galway\u2069" in letter.text
    assert "\u20681 Quay Street, Galway\u2069" in letter.html
