"""What the page's script does in a real browser, and what works without it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from campaigns.enrollment.message import Message
from campaigns.house import House
from tests.factories import ask_ana
from tests.responses.conftest import Letter, Records, letter_of

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
AS_A_PERSON = "--disable-blink-features=AutomationControlled"  # or the browser says that a program drives it
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browsers() -> Iterator[Callable[[bool], Browser]]:
    with sync_playwright() as playwright:
        ready: dict[bool, Browser] = {}

        def get(is_person: bool) -> Browser:
            if is_person not in ready:
                flags = [*FLAGS, AS_A_PERSON] if is_person else FLAGS
                ready[is_person] = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            return ready[is_person]

        yield get
        for browser in ready.values():
            browser.close()


@pytest.fixture
def open_page(app: Flask, browsers: Callable[[bool], Browser]) -> Iterator[Open]:
    """Open a path on a telephone, as a person or as a program, with or without JavaScript."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    contexts = []

    def open_page(path: str, is_person: bool = True, script: bool = True) -> Page:
        context = browsers(is_person).new_context(
            viewport={"width": 360, "height": 740}, user_agent=PHONE, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
        page.goto(f"http://127.0.0.1:{server.port}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    server.shutdown()
    thread.join()
    server.server_close()


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
    assert page.get_by_role("button").inner_text() == "Send: 5 of 5"

    page.get_by_label("2 of 5").check()

    assert page.get_by_text("What went wrong?").is_visible()
    assert page.get_by_role("button").inner_text() == "Send: 2 of 5"
    page.get_by_label("It came late").check()
    page.get_by_label("Anything you would like").fill("Two weeks")
    page.wait_for_timeout(600)
    page.get_by_role("button").click()
    assert "Thank you." in page.content()
    assert records.answers[-1].answers == {"why": "late", "comment": "Two weeks"}


@pytest.mark.parametrize("script", [True, False])
def test_a_survey_without_a_chosen_score_insists_on_one(
    letter: Letter, records: Records, open_page: Open, script: bool
) -> None:
    page = open_page(letter.survey, script=script)
    assert page.get_by_role("button").inner_text() == "Send"
    page.get_by_role("button").click()
    assert records.answers == []

    page.get_by_label("3 of 5").check()
    page.wait_for_timeout(600)
    page.get_by_role("button").click()

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


@pytest.mark.parametrize("scale", ["stars5", "csat5", "nps11", "ces7", "thumbs"])
def test_every_scale_fits_a_telephone_and_a_thumb(house: House, open_page: Open, scale: str) -> None:
    page = open_page(letter_of(house, asked(house, [], scale)).rate(1))

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for target in [*page.locator(".scores label").all(), page.get_by_role("button")]:
        box = target.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["width"] >= 44, scale


def asked(house: House, questions: list[Any], scale: str = "stars5") -> Message:
    with house.database.transaction() as session:
        return ask_ana(session, house.vault, question=questions, scale=scale)
