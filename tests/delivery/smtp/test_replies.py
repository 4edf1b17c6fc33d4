"""However a reply is cut into packets it is the same reply, and what is no reply is not one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery.smtp.replies import LONGEST_LINE, NONSENSE, Replies, numbers
from campaigns.delivery.wire import Accepted

SAID = b"250 2.0.0 taken\r\n250-one\r\n250-two\r\n250 three\r\n354\r\n421 4.3.2 bye\r\n"
UNDERSTOOD = [(250, b"2.0.0 taken"), (250, b"one\ntwo\nthree"), (354, b""), (421, b"4.3.2 bye")]


@given(st.lists(st.integers(0, len(SAID)), max_size=20))
def test_packets_do_not_matter(cuts: list[int]) -> None:
    ends = [0, *sorted(cuts), len(SAID)]
    replies = Replies()

    found = [reply for a, b in pairwise(ends) for reply in replies.feed(SAID[a:b])]

    assert [(code, text.strip()) for code, text in found] == UNDERSTOOD
    assert replies.is_empty


@given(st.binary(max_size=300))
def test_nothing_a_server_says_is_taken_for_more_than_it_is(noise: bytes) -> None:
    for code, _ in Replies().feed(noise):
        assert code == NONSENSE or b"%d" % code in noise


@pytest.mark.parametrize(
    "said",
    [
        b"what?\r\n",
        b"199 hm\r\n",
        b"2500 hm\r\n",
        b"250-one\r\n251 two\r\n",
        b"\r\n",
        b"25\xb2 hm\r\n",
        b"x" * (LONGEST_LINE + 1),
    ],
)
def test_what_is_no_reply_is_nonsense(said: bytes) -> None:
    assert Replies().feed(said)[-1][0] == NONSENSE


def test_a_reply_is_kept_in_numbers_only() -> None:
    assert numbers((550, b"5.1.1 ana@example.com is unknown\r")) == Accepted(550, "5.1.1")
    assert numbers((550, b"ana@example.com is unknown\r")) == Accepted(550)
    assert numbers((250, b"2.0.0\r")) == Accepted(250, "2.0.0")
    assert numbers((250, b"2.0.0.1 no\r")) == Accepted(250)
