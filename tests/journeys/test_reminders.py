"""One invitation, one reminder, then silence; and nobody who answered hears again."""

import re
import time
from email.message import EmailMessage
from urllib.parse import urlencode, urlsplit

import pytest

from tests.journeys.town import Town, rating_links, unsubscribe_link

A_MOMENT = 0.6  # seconds: nobody reads a page and presses in less
FORM = {"content-type": "application/x-www-form-urlencoded"}


def addresses(mails: list[EmailMessage]) -> list[str]:
    return [str(mail["Delivered-To"]).split("@", maxsplit=1)[0] for mail in mails]


def answer(place: Town, link: str, **fields: str) -> int:
    """Open a link as a browser without JavaScript would, wait a moment, and press the button."""
    path = urlsplit(link).path
    _, page = place.request("GET", path)
    time.sleep(A_MOMENT)
    nonce = re.search(rb'name="nonce"[^>]*value="([^"]+)"', page)
    assert nonce
    form = {"nonce": nonce[1].decode(), "score": path.rsplit("/", 1)[1], **fields}
    return place.request("POST", path, urlencode(form).encode(), FORM)[0]


def test_those_who_did_not_answer_get_exactly_one_reminder(place: Town) -> None:
    place.start("web", "mailbox")
    for name in ("ana", "ben", "chloe", "dev"):
        assert place.buy(name, email=f"{name}@example.com") == 202
    place.drain()
    assert sorted(addresses(place.mails())) == ["ana", "ben", "chloe", "dev"]

    ana, ben = place.mails("ana@")[0], place.mails("ben@")[0]
    assert answer(place, rating_links(ana)[5]) == 303
    assert place.request("POST", urlsplit(unsubscribe_link(ben)).path, b"List-Unsubscribe=One-Click", FORM)[0] == 200
    assert place.buy("dev", "order.refunded", email="dev@example.com") == 202

    place.drain(later="P4D")
    assert len(place.mails()) == 4

    place.drain(later="P6D")
    reminded = place.mails()[4:]
    assert addresses(reminded) == ["chloe"]
    assert reminded[0]["In-Reply-To"] == place.mails("chloe@")[0]["Message-ID"]

    for later in ("P7D", "P12D", "P40D", "P400D"):
        place.drain(later=later)
    assert len(place.mails()) == 5


def test_looking_at_every_link_a_hundred_times_changes_nothing(place: Town) -> None:
    place.start("web", "mailbox")
    place.buy("1001")
    place.drain()
    [mail] = place.mails()
    before = place.rate()

    for path in [urlsplit(link).path for link in (*rating_links(mail).values(), unsubscribe_link(mail))]:
        for _ in range(50):
            assert place.request("GET", path)[0] == 200
            assert place.request("HEAD", path)[0] == 200
    place.drain()

    assert place.rate() == {**before, "clicked": 1}  # somebody opened it; that is all a look says
    verdicts = place.flask("why", "1001", "--merchant", str(place.merchant))["verdicts"]
    assert verdicts[0]["stopped"] is None
    place.drain(later="P6D")
    assert len(place.mails()) == 2


@pytest.mark.drill
def test_an_answer_can_be_changed_until_the_survey_closes(place: Town) -> None:
    place.start("web", "mailbox")
    place.buy("1001")
    place.drain()
    links = rating_links(place.mails()[0])

    for score in (1, 5):
        assert answer(place, links[score]) == 303
        place.drain()

    row = place.rate()
    assert (row["responses"], row["confirmed"]) == (1, 1)
    scores = place.flask("report", "score", "--merchant", str(place.merchant))
    assert scores["rows"][0]["distribution"] == {"1": 0, "2": 0, "3": 0, "4": 0, "5": 1}
