"""A link made for one thing opens no other, and a changed one opens nothing."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from campaigns.errors import InvalidToken
from campaigns.links import Links
from campaigns.tokens import Purpose, Tokens

TOKENS = Tokens(("n" * 40,))


@given(st.integers(min_value=0, max_value=2**63 - 1), st.sampled_from(Purpose))
def test_a_token_is_read_back_and_only_for_its_purpose(number: int, purpose: Purpose) -> None:
    token = TOKENS.sign(purpose, number)

    assert TOKENS.read_id(purpose, token) == number
    for other in set(Purpose) - {purpose}:
        with pytest.raises(InvalidToken):
            TOKENS.read_id(other, token)


@given(st.text(max_size=80))
def test_what_was_not_signed_is_refused(text: str) -> None:
    with pytest.raises(InvalidToken):
        TOKENS.read_id(Purpose.ANSWER, text)


def test_a_cut_or_extended_token_is_refused() -> None:
    token = TOKENS.sign(Purpose.ANSWER, 42)

    for changed in (token[:-1], token[1:], token + "A", token.replace(".", ""), "NDM" + token[3:]):
        with pytest.raises(InvalidToken):
            TOKENS.read_id(Purpose.ANSWER, changed)


def test_an_old_key_still_reads_and_a_strange_one_does_not() -> None:
    old = Tokens(("o" * 40,)).sign(Purpose.UNSUBSCRIBE, 7)

    assert Tokens(("n" * 40, "o" * 40)).read_id(Purpose.UNSUBSCRIBE, old) == 7
    with pytest.raises(InvalidToken):
        TOKENS.read_id(Purpose.UNSUBSCRIBE, old)


def test_a_number_is_no_list_and_a_list_no_number() -> None:
    with pytest.raises(InvalidToken):
        TOKENS.read_list(Purpose.PAGE, TOKENS.sign(Purpose.PAGE, 1), 2)
    with pytest.raises(InvalidToken):
        TOKENS.read_id(Purpose.PAGE, TOKENS.sign(Purpose.PAGE, [1, 2]))


def test_a_rating_link_is_short_has_no_query_and_ends_in_its_score() -> None:
    links = Links("https://ask.example.com", TOKENS)

    url = links.rate(links.letter_token(2**53), 10)

    assert len(url) <= 120
    assert "?" not in url
    assert url.endswith("/10")


@given(st.integers(0, 2**63 - 1) | st.lists(st.integers(0, 2**63 - 1), max_size=3), st.sampled_from(Purpose))
def test_a_token_is_plain_itsdangerous_under_the_newest_key(payload: int | list[int], purpose: Purpose) -> None:
    plain = URLSafeSerializer(
        "n" * 40,
        salt=f"askwell.{purpose}",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )

    token = Tokens(("n" * 40, "o" * 40)).sign(purpose, payload)

    assert plain.loads(token) == payload


@pytest.mark.parametrize("older", [Purpose.ANSWER, Purpose.UNSUBSCRIBE])
def test_the_links_of_a_letter_open_and_so_do_those_mailed_before_for_their_own_purpose(older: Purpose) -> None:
    other = Purpose.UNSUBSCRIBE if older is Purpose.ANSWER else Purpose.ANSWER

    assert TOKENS.read_letter(TOKENS.sign(Purpose.LETTER, 42), older) == 42
    assert TOKENS.read_letter(TOKENS.sign(older, 42), older) == 42
    for wrong in (other, Purpose.SIGN_IN, Purpose.PAGE):
        with pytest.raises(InvalidToken):
            TOKENS.read_letter(TOKENS.sign(wrong, 42), older)
