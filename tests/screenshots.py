"""Makes the pictures of the README: `python -m tests.screenshots FOLDER`; with `--all`, every size and language."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from campaigns import clock
from campaigns.merchants.merchant import get_merchant
from campaigns.merchants.store import stores_of
from campaigns.sample.purchases import sample_purchase
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.town import Town, html_of, rating_links, town
from tests.month import live_a_month
from tests.reports.rows import make_shop

PHONE = ViewportSize(width=360, height=780)
WIDE = ViewportSize(width=700, height=780)
DESK = ViewportSize(width=1280, height=1000)


SHOWN = {"letter-en-phone", "letter-ar-phone", "survey-en-phone", "dashboard-light-desk", "dashboard-dark-desk"}


def main(folder: Path, everything: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as instance, sync_playwright() as playwright:
        url = f"sqlite:///{instance}/askwell.sqlite3"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with town(Path(instance), url) as place:
            place.start("web", "mailbox")
            picture_letters(place, browser, folder)
            picture_dashboard(place, browser, folder)
        browser.close()
    for picture in folder.glob("*.png"):
        if not everything and picture.stem not in SHOWN:
            picture.unlink()


def picture_letters(place: Town, browser: Browser, folder: Path) -> None:
    """The three sample buyers' letters, and the pages their stars lead to."""
    with place.house.database.reading() as session:
        [store] = stores_of(session, place.merchant)
    for buyer in range(3):
        webhook = sample_purchase(place.house, store, buyer, clock.now())
        place.request("POST", f"/webhooks/{store.key}", webhook.body, webhook.headers)
    place.drain()
    for language, mail in zip(("en", "de", "ar"), place.mails(), strict=True):
        for name, size in (("phone", PHONE), ("wide", WIDE)):
            page = browser.new_page(viewport=size, device_scale_factor=2)
            page.goto(f"{place.base_url}/healthz")
            page.set_content(html_of(mail), wait_until="networkidle")
            page.screenshot(path=folder / f"letter-{language}-{name}.png", full_page=True)
            page.close()
        page = browser.new_page(viewport=PHONE, device_scale_factor=2)
        page.goto(rating_links(mail)[4])
        page.screenshot(path=folder / f"survey-{language}-phone.png", full_page=True)
        page.locator("form button").first.click()
        page.screenshot(path=folder / f"thanks-{language}-phone.png", full_page=True)
        page.close()


def picture_dashboard(place: Town, browser: Browser, folder: Path) -> None:
    """A month of figures, light and dark, on a desk and on a phone."""
    with place.house.database.transaction() as session:
        merchant = live_a_month(session, make_shop(session, "Galway Bay Ceramics"), clock.now())
        assert get_merchant(session, merchant.id)
    options = ("--merchant", str(merchant.id), "--role", "owner")
    for name, size in (("desk", DESK), ("phone", PHONE)):
        for light in ("light", "dark"):
            staff = place.flask("staff", "create", "maeve@galway.example", *options)
            page = browser.new_page(viewport=size, color_scheme="dark" if light == "dark" else "light")
            page.goto(staff["sign_in_url"])
            page.locator("main button").first.click()
            page.screenshot(path=folder / f"dashboard-{light}-{name}.png", full_page=name == "desk")
            page.goto(f"{place.base_url}/purchases")
            page.screenshot(path=folder / f"orders-{light}-{name}.png")
            page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), everything="--all" in sys.argv)
