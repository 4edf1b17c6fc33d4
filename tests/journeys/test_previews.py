"""What staff see of their letters in a real browser."""

import threading
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from campaigns.house import House
from tests.delivery.servers import Sink, serving
from tests.delivery.test_preview_pages import shop_with
from tests.merchants.browser import enter


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_in_a_browser_the_switches_change_what_is_seen_and_the_button_sends(
    app: Flask, client: FlaskClient, house: House, browser: Browser
) -> None:
    merchant, path = shop_with(house, template="own/summer")
    staff = enter(client, house, merchant)
    cookie = client.get_cookie("askwell")
    assert cookie
    sink = Sink()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = browser.new_context(viewport={"width": 390, "height": 800})
    try:
        origin = f"http://127.0.0.1:{server.port}"
        context.add_cookies([{"name": "askwell", "value": cookie.value, "url": origin}])
        page = context.new_page()
        troubles: list[str] = []
        page.on("console", lambda told: troubles.append(told.text) if told.type == "error" else None)
        page.goto(f"{origin}{path}")
        letter = page.frame_locator('iframe[title="The invitation"]')
        letter.get_by_text("OURS ALONE").wait_for()
        light = letter.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

        page.get_by_role("link", name="Dark").click()
        page.get_by_role("link", name="de", exact=True).click()
        letter.get_by_text("Danke: Harbour mug").wait_for()
        assert letter.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") != light
        assert page.get_by_role("link", name="Dark").get_attribute("aria-current") == "true"

        with serving(sink) as relay:
            address = f"smtp://{relay.host}:{relay.port}"
            object.__setattr__(house, "settings", replace(house.settings, smtp_url=address))
            page.get_by_role("button", name="Send a test to myself").first.click()
            page.get_by_text(f"on its way to {staff.email}").wait_for()
        assert sink.recipients == [staff.email]
        assert not troubles
    finally:
        context.close()
        server.shutdown()
        thread.join()
        server.server_close()
