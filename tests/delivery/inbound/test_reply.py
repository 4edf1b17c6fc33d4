"""What a person wrote back: their words, and the score where they begin with one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.delivery.inbound.finding import Sort
from campaigns.delivery.inbound.parse import parse
from campaigns.delivery.inbound.reading import read
from campaigns.delivery.inbound.reply import own_words, score_in, sender_of
from tests.delivery.inbound.mails import out_of_office

STARS, NPS, THUMBS = (1, 5), (0, 10), (0, 1)


@pytest.mark.parametrize(
    ("words", "scale", "score"),
    [
        ("5", STARS, 5),
        (" 5 \nthank you", STARS, 5),
        ("5!", STARS, 5),
        ("5.", STARS, 5),
        ("5, lovely", STARS, 5),
        ("5 - lovely", STARS, 5),
        ("5 – lovely", STARS, 5),
        ("5: lovely", STARS, 5),
        ("*5*", STARS, 5),
        ('"4"', STARS, 4),
        ("4/5", STARS, 4),
        ("4 / 5 would buy again", STARS, 4),
        ("4 von 5", STARS, 4),
        ("4 out of 5, would buy again", STARS, 4),
        ("4 sur 5", STARS, 4),
        ("4 stars", STARS, 4),
        ("1 star for the box", STARS, 1),
        ("3 Sterne", STARS, 3),
        ("2 étoiles", STARS, 2),
        ("4 ⭐", STARS, 4),
        ("4 😀", STARS, 4),
        ("★★★★", STARS, 4),
        ("★★★★☆ good", STARS, 4),
        ("⭐⭐⭐", STARS, 3),
        ("⭐️⭐️", STARS, 2),
        ("٤", STARS, 4),
        ("10", NPS, 10),
        ("0", NPS, 0),
        ("9/10", NPS, 9),
        ("👍", THUMBS, 1),
        ("👎 broken", THUMBS, 0),
        ("1", THUMBS, 1),
        # Off the scale, or no score at all.
        ("", STARS, None),
        ("6", STARS, None),
        ("0", STARS, None),
        ("11", NPS, None),
        ("55", STARS, None),
        ("4/10", STARS, None),
        ("★★★★★★", STARS, None),
        ("★★★", NPS, None),
        ("2 mugs were broken", STARS, None),
        ("2 of the 3 mugs were broken", STARS, None),
        ("5:30 is when it came", STARS, None),
        ("4.5", STARS, None),
        ("3,50 was too much", STARS, None),
        ("5% off?", STARS, None),
        ("1-2 days late", STARS, None),
        ("2026 was a good year", STARS, None),
        ("Where is my order? 5", STARS, None),
        ("lovely\n5", STARS, None),
        ("👍", STARS, None),
    ],
)
def test_a_reply_that_begins_with_a_score_is_one(words: str, scale: tuple[int, int], score: int | None) -> None:
    assert score_in(words, *scale) == score


@settings(max_examples=50)
@given(st.text(max_size=60), st.sampled_from([STARS, NPS, THUMBS, (1, 7)]))
def test_a_score_is_on_its_scale_or_there_is_none(words: str, scale: tuple[int, int]) -> None:
    score = score_in(words, *scale)

    assert score is None or scale[0] <= score <= scale[1]


@pytest.mark.parametrize(
    "quoted",
    [
        "On Sat, 21 Nov 2026 at 10:00, Harbour Mugs <hello@harbour.example> wrote:",
        "Am 21.11.2026 um 10:00 schrieb Harbour Mugs:",
        "Le sam. 21 nov. 2026 à 10:00, Harbour Mugs a écrit :",
        "El 21/11/2026 a las 10:00, Harbour Mugs escribió:",
        "-----Original Message-----",
        "-- ",
        "________________________________",
        "From: Harbour Mugs <hello@harbour.example>",
        "Von: Harbour Mugs <hello@harbour.example>",
    ],
)
def test_what_is_quoted_is_not_what_somebody_wrote(quoted: str) -> None:
    assert (
        own_words(f"> 1 2 3\n\nIt was fine.\nOn the whole.\n{quoted}\nHow was it?\n5") == "It was fine.\nOn the whole."
    )


def test_a_name_cannot_pass_for_the_address() -> None:
    mail = parse(b'From: "ben@example.com" <ana0@example.com>\n\n5\n')

    assert sender_of(mail) == "ana0@example.com"


@pytest.mark.parametrize(
    "words", ["Unsubscribe", "STOP", "please unsubscribe me!", "Bitte: abmelden", "退订", "Désinscrire"]
)
def test_who_asks_to_be_written_no_more_is_heard(words: str) -> None:
    by_subject = out_of_office(subject=words.removeprefix("Bitte: "))
    by_words = b"From: ana0@example.com\nSubject: Re: hi\n\n" + words.removeprefix("Bitte: ").encode() + b"\n> 5\n"

    assert read(parse(by_subject)).sort is Sort.UNSUBSCRIBE
    assert read(parse(by_words)).sort is Sort.UNSUBSCRIBE


def test_who_only_mentions_it_is_not() -> None:
    assert read(parse(b"From: a@example.com\nSubject: Re: hi\n\nStop sending broken mugs.\n")).sort is Sort.REPLY
