"""The view fits its terminal whatever a campaign is called, and its bars are true."""

import re
from collections.abc import Mapping
from datetime import timedelta
from unicodedata import category, combining

from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery.halt import EVERYBODY, Halt
from campaigns.reports.backlog import Backlog
from campaigns.reports.progress import WORDS, CampaignProgress, Progress
from campaigns.reports.progress_view import BAR, BLOCKS, Screen, Status, as_json, fit, lines
from tests.reports.rows import NOW

COLOUR = re.compile(r"\x1b\[\d+m")
numbers = st.fixed_dictionaries({word: st.integers(0, 10**7) for word in WORDS})


def campaign(letters: Mapping[str, int], name: str = "After delivery", is_paused: bool = False) -> CampaignProgress:
    known = dict.fromkeys(WORDS, 0) | dict(letters)
    return CampaignProgress(campaign_id=3, merchant_id=1, name=name, is_paused=is_paused, letters=known)


HALTS = [(EVERYBODY, ""), (7, "Paused by itself."), (8, "")]


def status(*campaigns: CampaignProgress, is_cut: bool = False, is_all_halted: bool = False) -> Status:
    waits = Backlog(
        oldest_due_at=NOW - timedelta(seconds=75),
        due=1200,
        merchants_due=1,
        sending=200,
        senders=2,
        in_doubt=1,
        receipts=4,
        purchases=5,
        answers=6,
        halts=tuple(Halt(merchant_id=each, reason=why) for each, why in HALTS if each != EVERYBODY or is_all_halted),
    )
    found = Progress(at=NOW, campaigns=campaigns, backlog=waits, is_cut=is_cut, letters_per_second=14)
    return Status(progress=found, redis="ok", letters_per_second=14)


def bar(drawn: str) -> str:
    return drawn[27 : 27 + BAR]


def test_a_view_says_what_waits_and_what_holds_it_up() -> None:
    told = "\n".join(lines(status(campaign({"sent": 5, "due": 7}), is_all_halted=True, is_cut=True), Screen()))

    assert "14.0 letters/s   1,200 due, the oldest for 75 s   200 sending in 2 shifts" in told
    assert "1 in doubt   waiting: 4 webhooks, 5 purchases, 6 answers" in told
    assert "PAUSED: everything" in told
    assert "5 sent  7 due" in told
    assert "counting stops at 50,000" in told
    told = "\n".join(lines(status(), Screen()))
    assert (
        "PAUSED: 2 merchants\n  Paused by itself.\n  Let letters go on: flask --app wsgi sending resume --merchant 7"
        in told
    )
    assert [each["resume"] for each in as_json(status(is_all_halted=True))["halts"]][:1] == [
        "flask --app wsgi sending resume --everything"
    ]


def test_a_bar_is_cut_by_shares() -> None:
    [*_, row, _] = lines(status(campaign({"sent": 50, "due": 25, "in_doubt": 25, "cancelled": 900})), Screen())

    assert bar(row) == "█" * 12 + "▒" * 6 + "?" * 6


@given(numbers, st.text(max_size=60), st.integers(20, 200), st.booleans())
def test_whatever_a_campaign_is_called_no_line_is_too_wide_and_none_steers_the_terminal(
    letters: dict[str, int], name: str, width: int, has_colours: bool
) -> None:
    screen = Screen(width=width, has_colours=has_colours)
    shown = lines(status(campaign(letters, name)), screen)
    plain = [COLOUR.sub("", line) for line in shown]

    for line in plain:
        assert not any(category(letter).startswith("C") for letter in line)
    columns = [sum(not combining(letter) for letter in line) for line in plain]
    assert max(columns) <= max(width, 27 + BAR + 1)


@given(numbers)
def test_a_bar_is_always_as_long_and_has_something_of_everything_large(letters: dict[str, int]) -> None:
    [*_, row, _] = lines(status(campaign(letters)), Screen())
    drawn = bar(row)

    assert len(drawn) == BAR
    total = sum(number for word, number in letters.items() if word != "cancelled")
    assert all(BLOCKS[word] in drawn for word, n in letters.items() if word in BLOCKS and n * BAR > total > 0)


def test_there_are_no_more_lines_than_the_terminal_has() -> None:
    many = [campaign({"sent": 1}, f"Campaign {number}") for number in range(99)]

    shown = lines(status(*many), Screen(height=24))

    assert len(shown) < 24
    assert "more campaigns" in shown[-1]


def test_scripts_get_the_same_numbers() -> None:
    found = as_json(status(campaign({"sent": 5}, is_paused=True)))

    assert found["oldest_due_seconds"] == 75
    assert found["letters"] == {"due": 1200, "sending": 200, "in_doubt": 1}
    [row] = found["campaigns"]
    assert (row["campaign"], row["merchant"], row["paused"], row["sent"], row["failed"]) == (3, 1, True, 5, 0)


def test_a_text_is_exactly_as_wide_as_it_should_be() -> None:
    assert fit("abc", 5) == "abc  "
    assert fit("abcdef", 3) == "abc"
    assert fit("日本語", 5) == "日本 "
    assert fit("e\u0301e", 3) == "e\u0301e "
    assert fit("a\x1b[2Jb\u202e", 9) == "a [2Jb   "
