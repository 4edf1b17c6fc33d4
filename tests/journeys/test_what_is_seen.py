"""A whole journey leaves lines of ids and numbers behind, and nothing of the people who made it."""

import json
import re
import signal

import pytest

from tests.journeys.test_reminders import answer
from tests.journeys.town import Town, rating_links, unsubscribe_link, wait_for
from tests.test_exposition import read

PEOPLE = ("example.com", "buyer", "Xerxes", "Quillfeather", "glazed crookedly")
OURS = re.compile(r'\{"time": ')


def test_no_line_of_any_process_names_a_person_or_what_they_said(place: Town) -> None:
    place.environ |= {"LOG_FORMAT": "json"}
    place.start("web", "mailbox", "intake", "enrollment", "delivery", "responses")
    for order in ("1001", "1002"):
        assert place.buy(order, first_name="Xerxes", last_name="Quillfeather") == 202
    assert place.send({"type": "order.fulfilled", "data": {"email": "buyer9@example.com"}}, "msg_bad") in {202, 400}
    assert place.buy("1003", email="no address of buyer@@example.com") == 202
    wait_for(lambda: len(place.mails()) == 2, "the mails")
    first, second = place.mails()
    assert answer(place, rating_links(first)[1], comment="It was glazed crookedly") == 303
    path = unsubscribe_link(second).removeprefix(place.base_url)
    place.request("POST", path, b"List-Unsubscribe=One-Click", {"content-type": "application/x-www-form-urlencoded"})
    wait_for(lambda: place.rate()["confirmed"] == 1, "the answer to be counted")
    place.stop()

    written = {file.stem: file.read_text() for file in place.instance.glob("*.log")}

    for name, text in written.items():
        assert [word for word in PEOPLE if word.lower() in text.lower()] == [], name
    lines = [json.loads(line) for text in written.values() for line in text.splitlines() if OURS.match(line)]
    assert {"campaigns.intake.webhook", "campaigns.delivery.mailbox"} <= {line["logger"] for line in lines}, lines
    assert {tuple(line)[:4] for line in lines} == {("time", "level", "logger", "event")}


@pytest.mark.drill
def test_what_several_processes_count_is_one_sum_also_when_they_were_killed(place: Town) -> None:
    def metrics() -> dict[tuple[str, tuple[str, ...]], float]:
        status, text = place.request("GET", "/metrics")
        assert status == 200
        return read(text.decode())

    def dealt_with() -> float:  # counted when a shift ends, after all else that it counts
        return metrics()["askwell_shift_letters_total", ()]

    place.start("web", "mailbox", "intake", "enrollment", "delivery")
    place.buy("1001")
    wait_for(lambda: dealt_with() == 1, "the first letter to be counted")

    place.stop("delivery", how=signal.SIGKILL)
    place.buy("1002")
    place.start("delivery")
    wait_for(lambda: dealt_with() == 2, "the second letter to be counted")

    found = metrics()
    assert found["askwell_smtp_replies_total", ("250",)] == 2
    assert found["askwell_requests_total", ("POST /webhooks/<key>", "202")] == 2
    assert found["askwell_letters_total", ("sent",)] == 2
    assert found["askwell_claim_seconds_count", ()] >= 2
