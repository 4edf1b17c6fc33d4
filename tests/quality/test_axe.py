"""Whoever reads letters by ear, by keyboard or with weak eyes can: axe finds nothing, by day and by night."""

from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page

from campaigns.tags import available
from tests.quality import allowed
from tests.quality.conftest import Tell
from tests.quality.letters import BOTH_WAYS, MARKS, OWN_LOOK, Specimen, sample

pytestmark = [pytest.mark.drill, pytest.mark.browser]

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
LOOK = "async () => (await axe.run()).violations.map(each => [each.id, each.nodes[0].html])"


@pytest.fixture(scope="module", params=["light", "dark"])
def reader(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page by day and by night, that shows no pictures."""
    page = browser.new_page(color_scheme=request.param)
    page.route("**/*", lambda route: route.abort())
    yield page
    page.close()


def violations(page: Page, html: str) -> dict[str, str]:
    """Return what axe finds: the rule, and where."""
    page.set_content(html)
    page.evaluate(AXE)
    return dict(page.evaluate(LOOK))


def test_axe_finds_nothing_but_what_is_allowed(reader: Page, tell: Tell) -> None:
    letters = [*sample(), *sample(look=OWN_LOOK, scales=[MARKS]), *sample(available(), scales=[])]

    found = {
        name: violations(reader, html) for name, html in {str(each): each.letter().html for each in letters}.items()
    }

    strange = {name: {rule: said[rule] for rule in said if rule not in allowed.AXE} for name, said in found.items()}
    assert {name: said for name, said in strange.items() if said} == {}
    assert {rule for said in found.values() for rule in said} == allowed.AXE.keys()
    tell("axe", [f"{len(found)} letters, by day and by night: nothing but {', '.join(sorted(allowed.AXE))}"])


@pytest.mark.parametrize("tag", BOTH_WAYS)
def test_what_cannot_be_read_is_found(reader: Page, tag: str) -> None:
    html = Specimen(template="thanks", tag=tag).letter().html
    wrong = html.replace(f'lang="{tag}"', 'lang="xx-nonsense"').replace("<a ", "<a style='color:#fefefe' title='' ", 1)

    assert "html-lang-valid" in violations(reader, wrong)
