"""A reply that begins with a score is a confirmed answer of the person who was asked, and only theirs."""

import pytest
from sqlalchemy import select

from campaigns.delivery.inbound.jobs import fold_inbound
from campaigns.house import House
from campaigns.responses.jobs import fold_answers
from campaigns.responses.replies import read_replies
from campaigns.responses.response import Response
from tests.delivery.inbound import mails
from tests.delivery.inbound.conftest import Sent, at_ten, inbound, sent
from tests.delivery.inbound.test_receive import letters

__all__ = ["at_ten", "inbound", "sent"]  # fixtures


def responses(house: House) -> list[tuple[str, int]]:
    fold_inbound(house)
    fold_answers(house)
    with house.database.reading() as session:
        return [(each.level, each.score) for each in session.scalars(select(Response))]


def test_a_number_is_an_answer_and_told_once(sent: Sent) -> None:
    sent.comes_back(mails.reply(sent.letter, "4/5\n\nLovely mugs!"))

    assert (read_replies(sent.house), read_replies(sent.house)) == (1, 0)
    assert responses(sent.house) == [("confirmed", 4)]
    assert letters(sent.house) == ["delivered", "cancelled"]


@pytest.mark.parametrize("words", ["Where is my order?", "6", "2 mugs were broken", "4/10", ""])
def test_other_words_are_for_the_merchant(sent: Sent, words: str) -> None:
    sent.comes_back(mails.reply(sent.letter, words))

    assert read_replies(sent.house) == 0
    assert responses(sent.house) == []


def test_a_machine_gives_no_answer(sent: Sent) -> None:
    sent.comes_back(b"Auto-Submitted: auto-replied\n" + mails.reply(sent.letter))

    assert read_replies(sent.house) == 0
    assert responses(sent.house) == []


def test_somebody_else_who_knows_the_letter_answers_only_at_its_own_address(sent: Sent) -> None:
    sent.comes_back(mails.reply(sent.letter, "1", sender="eve@example.net", to="care@harbour.example"))

    assert read_replies(sent.house) == 0
    sent.comes_back(mails.reply(sent.letter, "5", sender="ana-at-work@example.net"))
    assert read_replies(sent.house) == 1
    assert responses(sent.house) == [("confirmed", 5)]


def test_a_reply_after_the_survey_closed_is_no_answer(sent: Sent) -> None:
    sent.comes_back(mails.reply(sent.letter), days=40)

    assert read_replies(sent.house) == 0
    assert responses(sent.house) == []


def test_the_latest_word_counts(sent: Sent) -> None:
    sent.comes_back(mails.reply(sent.letter, "2"))
    sent.comes_back(mails.reply(sent.letter, "Sorry, 5 is what I meant.\n"), hours=1)
    sent.comes_back(mails.reply(sent.letter, "5 - sorry"), hours=2)

    assert read_replies(sent.house) == 2
    assert responses(sent.house) == [("confirmed", 5)]
