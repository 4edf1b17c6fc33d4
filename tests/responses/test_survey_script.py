"""What the page's script does in a real browser, and what works without it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright
from werkzeug.serving import make_server

from campaigns.enrollment.message import Message
from campaigns.house import House
from tests.factories import ask_ana
from tests.journeys.conftest import CHROMIUM
from tests.responses.conftest import Letter, Records, letter_of

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
AS_A_PERSON = "--disable-blink-features=AutomationControlled"  # or the browser says that a program drives it
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browsers(driver: Playwright) -> Iterator[Callable[[bool], Browser]]:
    ready: dict[bool, Browser] = {}

    def get(is_person: bool) -> Browser:
        if is_person not in ready:
            flags = [*FLAGS, AS_A_PERSON] if is_person else FLAGS
            ready[is_person] = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
        return ready[is_person]

    yield get
    for browser in ready.values():
        browser.close()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The doors, open to a browser."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(site: str, browsers: Callable[[bool], Browser]) -> Iterator[Open]:
    """Open a path on a telephone, as a person or as a program, with or without JavaScript."""
    contexts = []

    def open_page(path: str, is_person: bool = True, script: bool = True) -> Page:
        context = browsers(is_person).new_context(
            viewport={"width": 360, "height": 740}, user_agent=PHONE, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
        page.goto(f"{site}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def told(records: Records) -> list[tuple[str, int | None, bool]]:
    return [(hit.level, hit.score, hit.answers is None) for hit in records.answers]


def test_a_person_who_only_looks_answers_provisionally_once(letter: Letter, records: Records, open_page: Open) -> None:
    page = open_page(letter.rate(4))
    page.wait_for_timeout(1200)
    assert records.answers == [], "nothing is told before two seconds have passed"
    page.wait_for_timeout(3000)

    assert told(records) == [("provisional", 4, True)]


def test_any_touch_makes_the_answer_a_persons(letter: Letter, records: Records, open_page: Open) -> None:
    page = open_page(letter.rate(4))
    page.mouse.click(5, 5)
    page.wait_for_timeout(3500)

    assert told(records) == [("confirmed", 4, True)]


def test_a_touch_after_the_page_told_confirms_it(letter: Letter, records: Records, open_page: Open) -> None:
    page = open_page(letter.rate(4))
    page.wait_for_timeout(2800)
    page.get_by_label("2 of 5").click()
    page.wait_for_timeout(1600)

    assert told(records) == [("provisional", 4, True), ("confirmed", 2, True)]


def test_a_browser_driven_by_a_program_tells_nothing_by_itself(
    letter: Letter, records: Records, open_page: Open
) -> None:
    page = open_page(letter.rate(4), is_person=False)
    page.wait_for_timeout(3500)
    assert records.answers == []

    page.mouse.click(5, 5)
    page.wait_for_timeout(1600)

    assert told(records) == [("suspect", 4, True)]
    assert records.stop_reason == ""


@pytest.mark.parametrize("script", [True, False])
def test_a_changed_score_changes_the_questions_and_the_button(
    letter: Letter, records: Records, open_page: Open, script: bool
) -> None:
    page = open_page(letter.rate(5), script=script)
    assert not page.get_by_text("What went wrong?").is_visible()
    assert page.locator(".send button").inner_text() == "Send: 5 of 5"

    page.get_by_label("2 of 5").check()

    assert page.get_by_text("What went wrong?").is_visible()
    assert page.locator(".send button").inner_text() == "Send: 2 of 5"
    page.get_by_label("It came late").check()
    page.get_by_label("Anything you would like").fill("Two weeks")
    page.wait_for_timeout(600)
    page.locator(".send button").click()
    assert "Thank you." in page.content()
    assert records.answers[-1].answers == {"why": "late", "comment": "Two weeks"}


@pytest.mark.parametrize("script", [True, False])
def test_a_survey_without_a_chosen_score_insists_on_one(
    letter: Letter, records: Records, open_page: Open, script: bool
) -> None:
    page = open_page(letter.survey, script=script)
    assert page.locator(".send button").inner_text() == "Send"
    page.locator(".send button").click()
    assert records.answers == []

    page.get_by_label("3 of 5").check()
    page.wait_for_timeout(600)
    page.locator(".send button").click()

    assert told(records) == [("confirmed", 3, False)]


def test_a_question_that_hangs_on_another_answer_appears_and_goes_with_it(house: House, open_page: Open) -> None:
    why = {
        "key": "why",
        "kind": "choices",
        "when": "score <= 3",
        "text": {"en": "What went wrong?"},
        "options": [{"key": "late", "text": {"en": "Late"}}, {"key": "other", "text": {"en": "Other"}}],
    }
    say = {"key": "say", "kind": "text", "when": "why == 'other'", "text": {"en": "What was it?"}}
    page = open_page(letter_of(house, asked(house, [why, say])).rate(2))
    more = page.get_by_label("What was it?")

    assert not more.is_visible()
    page.get_by_label("Other").check()
    assert more.is_visible()
    page.get_by_label("5 of 5").check()
    assert not more.is_visible(), "who is not asked why is not asked what"


WHY = {
    "key": "why",
    "kind": "choice",
    "text": {"en": "What went wrong?"},
    "options": [{"key": "late", "text": {"en": "Late"}}, {"key": "other", "text": {"en": "Other"}}],
}
WHAT = {"key": "what", "kind": "text", "when": "why == 'other'", "text": {"en": "What was it?"}}


def test_without_a_script_the_next_page_asks_what_an_answer_brought_up(
    house: House, records: Records, open_page: Open
) -> None:
    page = open_page(letter_of(house, asked(house, [WHY, WHAT])).rate(2), script=False)
    page.get_by_label("Other").check()
    page.wait_for_timeout(600)
    page.locator(".send button").click()

    page.get_by_label("What was it?").fill("The handle")
    page.wait_for_timeout(600)
    page.locator(".send button").click()

    assert "Thank you." in page.content()
    assert records.answers[-1].answers == {"why": "other", "what": "The handle"}


def test_what_is_filled_in_is_kept_and_the_button_finishes_it(
    letter: Letter, records: Records, open_page: Open
) -> None:
    page = open_page(letter.rate(2))
    page.get_by_label("It came late").check()
    kept = {"why": "late", "-unfinished": 1}
    for _ in range(100):
        page.wait_for_timeout(100)
        if records.answers and records.answers[-1].answers == kept:
            break
    assert records.answers[-1].answers == kept

    page.get_by_label("Anything you would like").fill("Two weeks")
    assert page.get_by_text("Characters left: 3991").is_visible()
    page.locator(".send button").dblclick()
    page.wait_for_url("**/s/*")

    assert records.answers[-1].answers == {"why": "late", "comment": "Two weeks"}
    assert [hit.answers for hit in records.answers].count(records.answers[-1].answers) == 1, "pressed twice, sent once"


def test_without_a_connection_nothing_is_lost_and_it_is_sent_when_there_is_one(
    letter: Letter, records: Records, open_page: Open
) -> None:
    page = open_page(letter.rate(2))
    page.context.set_offline(True)
    page.get_by_label("Anything you would like").fill("From a tunnel")
    page.locator(".send button").click()
    page.get_by_text("You are offline.").wait_for()
    assert records.answers == []

    page.context.set_offline(False)
    page.wait_for_url("**/s/*")

    assert "Thank you." in page.content()
    assert records.answers[-1].answers == {"comment": "From a tunnel"}
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]


def test_the_back_button_shows_what_was_sent_and_two_tabs_the_last_word(
    letter: Letter, records: Records, open_page: Open
) -> None:
    page, other = open_page(letter.rate(4)), open_page(letter.rate(4))
    page.get_by_label("Anything you would like").fill("Lovely")
    page.locator(".send button").click()
    page.wait_for_url("**/s/*")
    page.go_back()
    page.get_by_text("Your answer so far: 4 of 5.").wait_for()
    assert page.get_by_label("Anything you would like").input_value() == "Lovely"

    other.get_by_label("2 of 5").check()
    other.get_by_label("It was damaged").check()
    other.wait_for_timeout(1500)
    last = [hit for hit in records.answers if hit.answers is not None][-1]
    assert last.answers == {"comment": "Lovely"}, "a tab that was left open takes nothing back by itself"
    other.locator(".send button").click()
    other.wait_for_url("**/s/*")
    last = [hit for hit in records.answers if hit.answers is not None][-1]

    assert (last.score, last.answers) == (2, {"why": "broken"})


@pytest.mark.parametrize("scale", ["stars5", "csat5", "nps11", "ces7", "thumbs"])
def test_every_scale_fits_a_telephone_and_a_thumb(house: House, open_page: Open, scale: str) -> None:
    page = open_page(letter_of(house, asked(house, [], scale)).rate(1))

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for target in [*page.locator(".scores label, .early input, .send button").all()]:
        box = target.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["width"] >= 44, scale


def asked(house: House, questions: list[Any], scale: str = "stars5") -> Message:
    with house.database.transaction() as session:
        return ask_ana(session, house.vault, question=questions, scale=scale)
