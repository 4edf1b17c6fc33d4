"""A letter looks the same whichever MJML made it: ours in Rust, which sends, and the one that all books describe.

One browser draws both, so the same boxes come out as the same pixels, to the last bit. A pixel counts as
different where any of its colours is off by more than 8 of 255, which nobody sees; and none may be: a box
that is moved by one pixel changes hundreds.
"""

import base64

import pytest
from playwright.sync_api import Page

from tests.quality.conftest import Tell
from tests.quality.letters import OWN_LOOK, Specimen, sample
from tests.quality.tools import judge

pytestmark = [pytest.mark.drill, pytest.mark.browser, pytest.mark.usefixtures("packages")]

WIDTHS = (600, 360)
SEEN = 8  # of 255
COUNT = """
async ([one, other, seen]) => {
  const [a, b] = await Promise.all([one, other].map(async each =>
    createImageBitmap(await (await fetch(`data:image/png;base64,${each}`)).blob())));
  if (a.width !== b.width || a.height !== b.height) return a.width * a.height;
  const context = new OffscreenCanvas(a.width, a.height).getContext('2d');
  context.drawImage(a, 0, 0);
  context.globalCompositeOperation = 'difference';
  context.drawImage(b, 0, 0);
  const { data } = context.getImageData(0, 0, a.width, a.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) count += data[at] > seen || data[at + 1] > seen || data[at + 2] > seen;
  return count;
}
"""


def difference(page: Page, one: str, other: str, width: int) -> int:
    """Return how many pixels of two mails differ in width."""
    pictures = [_picture(page, html, width) for html in (one, other)]
    if pictures[0] == pictures[1]:
        return 0
    page.set_content("<title>Both</title>")
    count: int = page.evaluate(COUNT, [*(base64.b64encode(each).decode() for each in pictures), SEEN])
    return count


def _picture(page: Page, html: str, width: int) -> bytes:
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(html)
    return page.screenshot(full_page=True)


def test_a_letter_looks_the_same_whichever_mjml_made_it(page: Page, tell: Tell) -> None:
    letters = [*sample(), *sample(look=OWN_LOOK, scales=[])]
    theirs = judge(mjml={str(each): each.mjml() for each in letters}).html_of_npm

    found = {
        (str(each), width): difference(page, each.letter().html, theirs[str(each)], width)
        for each in letters
        for width in WIDTHS
    }

    most = max(found, key=lambda each: found[each])
    tell("mrml beside MJML", [f"{len(found)} pairs of pictures; at most {found[most]} pixels differ"])
    assert {each: count for each, count in found.items() if count} == {}


@pytest.mark.parametrize(("right", "wrong"), [("padding:12px 24px", "padding:13px 24px"), ("#1d2125", "#2d2125")])
def test_a_pixel_and_a_shade_are_seen(page: Page, right: str, wrong: str) -> None:
    html = Specimen(template="sign_in").letter().html

    assert difference(page, html, html.replace(right, wrong), 360) > 0
