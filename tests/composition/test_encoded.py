from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.composition.encoded import encoded_words
from campaigns.composition.line import one_line
from campaigns.composition.wire import Person, mailbox, words

texts = st.one_of(
    st.text(min_size=1, max_size=200).map(one_line),
    st.text(alphabet="aé ?=_漢🙂", min_size=1, max_size=150).map(one_line),
    st.text(alphabet="漢字🙂", min_size=20, max_size=150),
).filter(bool)


@given(texts, st.sampled_from(["Subject", "To", "From"]))
def test_encoded_words_are_read_back_to_the_letter_and_none_is_too_long(text: str, header: str) -> None:
    value = encoded_words(header, text)

    assert str(make_header(decode_header(value))) == text
    for line in f"{header}: {value}".split("\r\n"):
        assert len(line) <= 76
        word = line.removeprefix(f"{header}:").strip()
        assert len(word) <= 75
        # Each word whole by itself: some mail programs decode them one by one.
        assert str(make_header(decode_header(word)))


def test_the_shorter_of_the_two_encodings_is_taken() -> None:
    assert encoded_words("To", "Jürgen Gross") == "=?utf-8?q?J=C3=BCrgen_Gross?="
    assert encoded_words("To", "漢字") == "=?utf-8?b?5ryi5a2X?="


@given(st.text(alphabet="ab c", min_size=1, max_size=300).map(one_line).filter(bool))
def test_a_long_plain_subject_is_folded_at_its_spaces_and_unfolds_to_itself(text: str) -> None:
    line = one_line(text, 150)

    value = words("Subject", line)

    assert str(make_header(decode_header(value.replace("\r\n", "")))) == line
    assert max(map(len, f"Subject: {value}".split("\r\n"))) <= 76


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Ana", '"Ana" <a@b.example>'),
        ('A "B" \\', '"A \\"B\\" \\\\" <a@b.example>'),
        ("=?utf-8?q?x?=", "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?=\r\n <a@b.example>"),
        ("Zoë", "=?utf-8?q?Zo=C3=AB?= <a@b.example>"),
        ("", "a@b.example"),
    ],
)
def test_a_mailbox_is_a_name_and_an_address(name: str, value: str) -> None:
    assert mailbox("To", Person(name, "a@b.example")) == value
