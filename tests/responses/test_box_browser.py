"""A real browser on a shop's page of another origin: the box appears there, fits, and what is written in it arrives."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Playwright
from werkzeug.serving import make_server

from campaigns.app import create_app
from campaigns.house import House
from campaigns.links import Links
from campaigns.responses.box import add_box
from campaigns.responses.comment import BoxComment
from tests.delivery.servers import free_port
from tests.factories import NOW, make_merchant
from tests.journeys.conftest import CHROMIUM
from tests.responses.conftest import Records
from tests.responses.test_survey_script import AS_A_PERSON, FLAGS, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
Open = Callable[..., Page]


@dataclass
class Shop:
    origin: str  # the one the merchant named
    stranger: str  # the same page by another name
    box: str  # the box's own page


@contextmanager
def serving(app: Any, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def shop(house: House) -> Iterator[Shop]:
    ours, theirs = free_port(), free_port()
    house = replace(house, links=Links(f"http://127.0.0.1:{ours}", house.tokens))
    origin = f"http://localhost:{theirs}"
    with house.database.transaction() as session:
        box = add_box(session, make_merchant(session).id, "Footer", [origin], NOW)
    script = house.links.box_script(box.key)
    page = f'<!doctype html><html lang="en"><title>Shop</title><h1>Mugs</h1><script src="{script}" async></script>'

    def site(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        policy = f"default-src 'none'; script-src http://127.0.0.1:{ours}; frame-src http://127.0.0.1:{ours}; "
        start_response(
            "200 OK", [("Content-Type", "text/html"), ("Content-Security-Policy", policy + "style-src 'none'")]
        )
        return [page.encode()]

    with serving(create_app(house), ours), serving(site, theirs):
        yield Shop(origin, f"http://127.0.0.1:{theirs}", house.links.box(box.key))


@pytest.fixture(scope="module")
def chromium(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, AS_A_PERSON])
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    contexts = []

    def open_page(url: str, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": 360, "height": 740}, user_agent=PHONE, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def write(frame: FrameLocator | Page, text: str) -> None:
    frame.get_by_label("Your comment").fill(text)
    frame.get_by_role("button", name="Send the comment").click()


def test_a_comment_written_on_a_shops_page_arrives_and_the_second_is_slowed_down(
    shop: Shop, open_page: Open, records: Records, wait: Callable[..., None]
) -> None:
    page = open_page(shop.origin)
    frame = page.frame_locator("iframe")
    frame.get_by_label("Your name optional").fill("Ana")
    page.wait_for_function("document.querySelector('iframe').clientHeight !== 460")
    tall = page.locator("iframe").evaluate("frame => frame.clientHeight")
    assert page.locator("iframe").get_attribute("title") == "What would you like to tell Harbour Mugs?"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    wait(seconds=8)
    write(frame, "Lovely <b>mug</b>")
    frame.get_by_role("heading", name="Thank you.").wait_for()
    page.wait_for_function(f"document.querySelector('iframe').clientHeight < {tall}")

    [comment] = records.all(BoxComment)
    assert (comment.level, comment.reasons, comment.name) == ("confirmed", [], "Ana")
    assert comment.text == "Lovely <b>mug</b>"
    assert page.context.cookies() == []

    frame.get_by_role("link", name="Write a comment").click()
    wait(seconds=8)
    write(frame, "And the teapot")
    frame.get_by_text("please wait a moment").wait_for()
    assert frame.get_by_label("Your comment").input_value() == "And the teapot"
    assert len(records.all(BoxComment)) == 1


def test_a_site_the_merchant_did_not_name_shows_no_box(shop: Shop, open_page: Open) -> None:
    page = open_page(shop.stranger)
    page.wait_for_selector("iframe", state="attached")
    page.wait_for_load_state("networkidle")

    assert page.frame_locator("iframe").get_by_label("Your comment").count() == 0
    assert page.locator("iframe").evaluate("frame => frame.clientHeight") == 460


def test_a_message_of_a_stranger_does_not_move_the_box(shop: Shop, open_page: Open) -> None:
    page = open_page(shop.origin)
    page.frame_locator("iframe").get_by_label("Your comment").wait_for()
    page.wait_for_function("document.querySelector('iframe').clientHeight !== 460")
    before = page.locator("iframe").evaluate("frame => frame.clientHeight")

    page.evaluate("postMessage({ askwell: 'height', height: 9000 }, '*')")
    page.wait_for_timeout(100)

    assert page.locator("iframe").evaluate("frame => frame.clientHeight") == before


def test_the_page_of_its_own_works_without_a_script(
    shop: Shop, open_page: Open, records: Records, wait: Callable[..., None]
) -> None:
    page = open_page(shop.box, java_script_enabled=False)
    wait(seconds=8)
    write(page, "No script here")

    assert page.get_by_role("heading", name="Thank you.").is_visible()
    assert [(each.level, each.reasons) for each in records.all(BoxComment)] == [("confirmed", ["untouched"])]


def test_a_browser_that_is_driven_by_a_program_is_held(
    shop: Shop, open_page: Open, records: Records, wait: Callable[..., None]
) -> None:
    page = open_page(shop.box)
    page.evaluate("document.querySelector('form').elements.driven.value = '1'")
    wait(seconds=8)
    write(page, "From a program")

    assert page.get_by_role("heading", name="Thank you.").is_visible()
    assert [each.level for each in records.all(BoxComment)] == ["held"]
