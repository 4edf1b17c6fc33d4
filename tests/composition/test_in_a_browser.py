"""What only a browser knows: that nothing is wider than a phone, every score can be hit, and each script reads its way."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from campaigns.catalog.campaign_file import TEMPLATES
from campaigns.catalog.scale import SCALES, ScaleName
from campaigns.composition.compose import compose
from campaigns.composition.theme import ENOUGH, contrast
from campaigns.enrollment.states import MessageKind
from campaigns.merchants.look import Font, Look
from tests.composition.cast import LINKS, MUG, POT, ana
from tests.journeys.conftest import browser

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.drill]

PHONE = ViewportSize(width=360, height=740)
LONG = {"name": "Linen tea towel with herringbone stripes, washed, in a set of two", "image_url": ""}
ITEMS = (MUG, LONG, POT, POT)
LOOK = Look(logo_url="https://shop.example/logo.png", accent="#ffee00", second="#ff9900", font=Font.MONO)
CELLS = "[...document.querySelectorAll('a[data-rating]')].map(e => e.parentElement.getBoundingClientRect().toJSON())"
LINKS_OF = "[...document.querySelectorAll('a[data-rating]')].map(e => e.getBoundingClientRect().toJSON())"
WIDTH = "document.documentElement.scrollWidth"
COLOURS = """
[...document.querySelectorAll('a[data-rating], .question div, .name div, .ink div, .quiet a, .quiet div')].map(e => {
  let paper = e;
  while (getComputedStyle(paper).backgroundColor === 'rgba(0, 0, 0, 0)') paper = paper.parentElement;
  return [getComputedStyle(e).color, getComputedStyle(paper).backgroundColor];
})
"""


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A phone that shows no pictures, by day and by night."""
    page = browser.new_page(viewport=PHONE, color_scheme=request.param)
    page.route("**/*", lambda route: route.abort())
    yield page
    page.close()


@pytest.mark.parametrize("scale", ScaleName)
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_letter_fits_a_phone_and_every_score_can_be_hit_and_read(page: Page, template: str, scale: ScaleName) -> None:
    for locale in ("en", "ar"):
        facts = ana(MessageKind.REMINDER, template=template, scale=scale, locale=locale, items=ITEMS, look=LOOK)
        page.set_content(compose(facts, LINKS).html)

        assert page.evaluate(WIDTH) <= PHONE["width"]
        cells, links = page.evaluate(CELLS), page.evaluate(LINKS_OF)
        assert len(cells) == len(SCALES[scale].scores)
        assert all(each["height"] >= 44 for each in cells + links)
        assert all(each["width"] >= 40 for each in cells)
        for one, other in pairwise(cells):
            is_below = other["top"] >= one["bottom"]
            assert is_below or (one["left"] < other["left"]) == (locale == "en")
        for ink, paper in page.evaluate(COLOURS):
            assert contrast(_hex(ink), _hex(paper)) >= ENOUGH, (ink, paper)


def _hex(rgb: str) -> str:
    red, green, blue = (int(part) for part in rgb.removeprefix("rgb(").rstrip(")").split(","))
    return f"#{red:02x}{green:02x}{blue:02x}"
