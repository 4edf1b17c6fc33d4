"""What strangers write and send: nothing is executed anywhere, nothing is stored that should not be."""

import re

import pytest
from flask.testing import FlaskClient

from campaigns import clock
from campaigns.enrollment.message import Message
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from campaigns.reports.comments import latest_comments
from campaigns.reports.counting import Scope
from campaigns.responses.jobs import fold_answers
from tests.merchants.browser import enter
from tests.responses.conftest import Ana, Letter, Records

LONGEST = 4000
HARM = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "an attribute": '" autofocus onfocus="alert(1)',
    "a textarea's end": "</textarea><script>alert(1)</script>",
    "a template": "{{ 7*7 }}{% raw %}[[ 1 ]]%(merchant)s",
    "a formula": "=HYPERLINK(1)",
    "direction overrides": "\u202eevil\u202d \u2066x\u2069",
    "controls": "a\x00b\x07c\x1b[31m",
    "zalgo": "Z" + "\u0334\u035b\u0352" * 500,
    "lone surrogates and others": "\ufffe\U000e0001 ok",
}


@pytest.mark.parametrize("text", HARM.values(), ids=HARM.keys())
def test_what_is_written_is_only_ever_words(
    client: FlaskClient, house: House, letter: Letter, ana: Ana, records: Records, text: str
) -> None:
    with house.database.transaction() as session:
        session.query(Message).update({"state": "sent", "sent_at": clock.now()})
    assert ana.send(letter.rate(2), {"score": "2", "comment": text, "why": text, "evil": text}).status_code == 303
    fold_answers(house)

    assert records.response
    assert set(records.response.answers) <= {"comment"}, "no option, no question: not kept"
    [merchant] = records.all(Merchant)
    enter(client, house, merchant)
    pages = [ana.look(path).text for path in (letter.survey, f"{letter.survey}/you", f"{letter.survey}/more")]
    pages.append(client.get("/").text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'autofocus onfocus="' not in page
        assert not re.search("[\u202a-\u202e\x00\x07\x1b]", page)
        assert not any("49" in words for words in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL))
    [comment] = next(iter(_comments(house, letter).values()))
    assert len(comment) <= LONGEST


def _comments(house: House, letter: Letter) -> dict[int, list[str]]:
    with house.database.reading() as session:
        found = latest_comments(session, Scope(merchant_id=letter.merchant_id, now=clock.now()))
        return {key: [each.text for each in comments] for key, comments in found.items()}


def test_a_hundred_thousand_characters_become_four_thousand(letter: Letter, ana: Ana, records: Records) -> None:
    ana.send(letter.rate(2), {"score": "2", "comment": "é" * 100_000})

    assert [len(hit.answers["comment"]) for hit in records.answers if hit.answers] == [LONGEST]


@pytest.mark.parametrize("path", ["{}", "{}/later", "{}/you/asking", "{}/you/erase"])
def test_ten_megabytes_are_refused_kindly_at_every_door(letter: Letter, ana: Ana, records: Records, path: str) -> None:
    answer = ana.post(path.format(letter.survey), {"score": "4", "comment": "x" * 10_000_000})

    assert answer.status_code == 413
    assert "too much at once" in answer.text
    assert records.answers == []
