import quopri

from hypothesis import given
from hypothesis import strategies as st

from campaigns.composition.marks import CLOSE, OPEN, pieces
from campaigns.composition.quoted import quote, quote_end, quote_value, quote_words

words = st.one_of(st.text(max_size=200), st.text(alphabet="a.F rom=\n é", max_size=200)).filter(
    lambda text: text.isprintable() or all(c == "\n" or c.isprintable() for c in text)
)
values = st.one_of(
    st.text(max_size=100), st.sampled_from([".", "..", "From ", "F", "", " ", "=", "x" * 72, "x" * 73, "é" * 25])
).filter(str.isprintable)


@given(st.lists(st.tuples(words, values), max_size=4), words)
def test_pieces_are_read_back_as_one_text_on_short_lines_no_relay_touches(
    found: list[tuple[str, str]], last: str
) -> None:
    row = [piece for pair in found for piece in pair] + [last]

    coded = quote(row)

    assert quopri.decodestring(coded).decode() == "".join(row).replace("\n", "\r\n") + "\r\n"
    assert coded.isascii()
    for line in coded.split(b"\r\n"):
        assert len(line) < 76
        assert b"\n" not in line
        assert b"\r" not in line
        assert not line.startswith((b".", b"From "))
        assert not line.endswith(b" ")


@given(words, values, words)
def test_each_piece_is_encoded_without_a_look_at_its_neighbours(before: str, value: str, after: str) -> None:
    assert quote([before, value, after]) == quote_words(before) + quote_value(value) + quote_end(after)


def test_a_soft_break_ends_a_value_and_the_words_before_it() -> None:
    row = pieces(f"Hello {OPEN}Ana{CLOSE},\n{OPEN}.5{CLOSE}")

    assert row == ["Hello ", "Ana", ",\n", ".5", ""]
    assert quote(row) == b"Hello =\r\nAna=\r\n,\r\n=2E5=\r\n\r\n"
