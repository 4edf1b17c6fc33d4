"""One purchase, all the way through: webhook, decision, letter, click, answer, figure."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.town import Town, html_of, rating_links, wait_for

pytestmark = pytest.mark.browser
# Of a browser with a window: a headless one says so in its name, and a page believes only what it presses.
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36"


def first_mail(place: Town, to: str) -> dict[int, str]:
    wait_for(lambda: bool(place.mails(to)), f"a mail to {to}")
    [mail] = place.mails(to)
    return rating_links(mail)


def open_link(browser: Browser, url: str, **options: object) -> Page:
    page = browser.new_page(viewport={"width": 360, "height": 740}, user_agent=PHONE, **options)  # type: ignore[arg-type]
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == 200
    return page


def test_a_star_in_the_mail_becomes_a_response_on_the_dashboard(busy_place: Town, browser: Browser) -> None:
    place = busy_place
    assert place.buy("1001", first_name="Ana") == 202
    links = first_mail(place, "buyer1001@")
    assert list(links) == [1, 2, 3, 4, 5]

    page = open_link(browser, links[2])
    expect(page.locator("input[name=score]:checked")).to_have_value("2")
    page.get_by_text("It came late").click()
    page.locator("textarea").fill("Three weeks! <script>alert(1)</script>")
    page.locator("form button").first.click()
    page.wait_for_url(re.compile("/s/"))

    wait_for(lambda: place.rate()["confirmed"] == 1, "the answer to be counted")
    row = place.rate()
    assert (row["eligible"], row["responses"], row["rate"]) == (1, 1, 1.0)
    assert (row["invitation"]["responses"], row["reminder"]["responses"]) == (1, 0)

    staff = place.flask(
        "staff", "create", "owner@harbour.example", "--merchant", str(place.merchant), "--role", "owner"
    )
    dashboard = browser.new_page()
    dashboard.goto(staff["sign_in_url"])
    dashboard.locator("main button, form button").first.click()
    expect(dashboard.locator("body")).to_contain_text("After delivery")
    expect(dashboard.locator("body")).to_contain_text("Three weeks! <script>alert(1)</script>")


def test_one_click_in_the_mail_is_enough(busy_place: Town, browser: Browser) -> None:
    busy_place.buy("1002")
    links = first_mail(busy_place, "buyer1002@")

    page = open_link(browser, links[5])
    page.bring_to_front()
    page.mouse.click(180, 20)

    wait_for(lambda: busy_place.rate()["confirmed"] == 1, "the answer of one click and a touch")


def test_one_click_without_a_touch_counts_once_nothing_spoke_against_it(busy_place: Town, browser: Browser) -> None:
    busy_place.buy("1006")
    links = first_mail(busy_place, "buyer1006@")

    page = open_link(browser, links[5])
    with page.expect_response(lambda answer: answer.request.method == "POST") as posted:
        page.bring_to_front()

    assert posted.value.status == 204
    wait_for(lambda: busy_place.rate(later="PT20M")["responses"] == 1, "the hold to be over")
    row = busy_place.rate(later="PT20M")
    assert (row["responses"], row["confirmed"], busy_place.rate()["responses"]) == (1, 0, 0)


def test_without_javascript_one_press_more_does_it(busy_place: Town, browser: Browser) -> None:
    busy_place.buy("1003")
    links = first_mail(busy_place, "buyer1003@")

    page = open_link(browser, links[4], java_script_enabled=False)
    page.locator("form button").first.click()

    wait_for(lambda: busy_place.rate()["confirmed"] == 1, "the answer of a browser without JavaScript")


def test_the_same_journey_in_arabic_reads_from_right_to_left(busy_place: Town, browser: Browser) -> None:
    busy_place.buy("1004", locale="ar", first_name="ليلى")
    links = first_mail(busy_place, "buyer1004@")
    letter = html_of(busy_place.mails("buyer1004@")[0])
    assert 'dir="rtl"' in letter
    assert 'lang="ar"' in letter

    mail = browser.new_page(viewport={"width": 360, "height": 740})
    mail.set_content(letter)
    places = {score: mail.locator(f"[data-rating='{score}']").bounding_box() for score in links}
    assert all(places.values())
    lefts = [box["x"] for box in places.values() if box]
    assert lefts == sorted(lefts, reverse=True)

    page = open_link(browser, links[1])
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.locator("form button").first.click()
    page.wait_for_url(re.compile("/s/"))
    expect(page.locator("html")).to_have_attribute("lang", "ar")


def test_every_scale_is_reachable_with_a_thumb_at_360_pixels(busy_place: Town, browser: Browser) -> None:
    busy_place.buy("1005")
    first_mail(busy_place, "buyer1005@")
    page = browser.new_page(viewport={"width": 360, "height": 740})

    page.set_content(html_of(busy_place.mails("buyer1005@")[0]))

    for box in (each.bounding_box() for each in page.locator("[data-rating]").all()):
        assert box is not None
        assert box["height"] >= 44
        assert 0 <= box["x"] <= 360 - box["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
