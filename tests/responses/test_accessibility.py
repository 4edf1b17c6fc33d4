"""Every page for everybody: axe finds nothing, nothing jumps, nothing comes from elsewhere, and it all weighs little."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.resources import files
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import update

from campaigns import clock
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.house import House
from campaigns.tags import available
from tests.factories import ask_ana
from tests.responses.conftest import Letter, letter_of
from tests.responses.test_survey_script import browsers, site  # noqa: F401  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # all else is the same at night
THEMES: tuple[tuple[Literal["light", "dark"], list[str]], ...] = (("light", RULES), ("dark", COLOURS))
LOOK = "async (rules) => (await axe.run({ runOnly: rules })).violations.map(v => v.id + ' ' + v.nodes[0].html)"
SHIFT = """new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shift = (window.shift || 0) + e.value; })
  .observe({ type: 'layout-shift', buffered: true });"""
QUESTIONS = [
    {
        "key": "why",
        "kind": "choice",
        "when": "score <= 3",
        "text": {"en": "What went wrong?"},
        "options": [{"key": "late", "text": {"en": "It came late"}}, {"key": "other", "text": {"en": "Other"}}],
    },
    {"key": "what", "kind": "text", "when": "why == 'other'", "text": {"en": "What was it?"}},
    {"key": "ease", "kind": "scale", "scale": "nps11", "text": {"en": "How easy was it?"}},
    {
        "key": "liked",
        "kind": "choices",
        "text": {"en": "What did you like?"},
        "options": [{"key": "a", "text": {"en": "All"}}, {"key": "b", "text": {"en": "The box"}}],
    },
    {"key": "comment", "kind": "text", "text": {"en": "Anything else?"}},
]
SENT = {"score": "2", "why": "other", "what": "The handle", "liked": "a"}


@pytest.fixture
def long_letter(house: House) -> Letter:
    with house.database.transaction() as session:
        message = ask_ana(session, house.vault, question=QUESTIONS)
        session.execute(update(Message).values(state="sent", sent_at=clock.now()))
        session.execute(update(Enrollment).values(closes_at=clock.now() + timedelta(days=21)))
    return letter_of(house, message)


@pytest.fixture
def visit(browsers: Callable[[bool], Browser], site: str) -> Iterator[Callable[..., BrowserContext]]:  # noqa: F811
    contexts: list[BrowserContext] = []

    def visit(**options: object) -> BrowserContext:
        context = browsers(True).new_context(base_url=site, **options)  # type: ignore[arg-type]
        contexts.append(context)
        return context

    yield visit
    for context in contexts:
        context.close()


def walk(page: Page, letter: Letter, close: Callable[[], None]) -> Iterator[str]:
    """Lead through every page there is, as a person comes to them."""
    page.goto(letter.rate(2))
    yield "rating"
    page.locator("input[value=other]").check()
    page.locator("[name=what]").fill("The handle")
    yield "filled in"
    page.locator(".send button").click()
    yield "thanks"
    page.locator("summary").click()
    yield "change"
    for path in ("you", "you/withdraw"):
        page.goto(f"{letter.survey}/{path}")
        yield path
    page.wait_for_timeout(500)
    page.locator("button").click()
    yield "withdrawn"
    page.goto(letter.survey)
    yield "survey"
    page.locator(".early input").first.click()
    yield "later"
    page.goto(letter.out)
    yield "unsubscribe"
    page.locator("button").click()
    yield "unsubscribed"
    page.goto(f"{letter.survey}/you/erase")
    yield "erase"
    page.locator("button").click()
    yield "erased"
    close()
    page.goto(letter.survey)
    yield "closed"
    page.goto("/s/nonsense")
    yield "lost"


# One every day, the one that reads the other way; all of them in the drill.
LANGUAGES = [each if each == "ar" else pytest.param(each, marks=pytest.mark.drill) for each in available()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page_and_nothing_is_wider_than_the_screen(
    house: House, long_letter: Letter, visit: Callable[..., BrowserContext], language: str
) -> None:
    with house.database.transaction() as session:
        session.execute(update(Enrollment).values(locale=language))

    def close() -> None:
        with house.database.transaction() as session:
            session.execute(update(Enrollment).values(closes_at=clock.now() - timedelta(days=1)))

    page = visit(
        viewport={"width": 320, "height": 640},
        locale=language,
        bypass_csp=True,
        reduced_motion="reduce",
    ).new_page()
    found: dict[str, object] = {}
    for name in walk(page, long_letter, close):
        page.evaluate(AXE)
        for theme, rules in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            if violations := page.evaluate(LOOK, rules):
                found[f"{name}, {theme}"] = violations
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        assert page.evaluate("document.documentElement.lang") == language, name

    assert found == {}


def test_a_page_is_light_stands_still_and_asks_nobody_else(
    long_letter: Letter,
    visit: Callable[..., BrowserContext],
    site: str,  # noqa: F811
) -> None:
    context = visit(viewport={"width": 390, "height": 780})
    context.add_init_script(SHIFT)
    page = context.new_page()
    seen: list[tuple[str, int]] = []
    page.on("response", lambda answer: seen.append((answer.url, len(answer.body()))))

    page.goto(long_letter.rate(2), wait_until="networkidle")
    page.locator("input[value=other]").check()
    page.locator("[name=what]").press_sequentially("The handle\n" * 6)
    page.wait_for_timeout(300)

    assert len(seen) == 3, "a page, a stylesheet, a script"
    assert all(url.startswith(site) for url, _ in seen)
    assert sum(size for _, size in seen) < 30_000
    assert page.evaluate("window.shift || 0") == 0


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(
    long_letter: Letter, visit: Callable[..., BrowserContext]
) -> None:
    page = visit(viewport={"width": 390, "height": 780}).new_page()
    page.goto(long_letter.rate(2))
    order = []
    for _ in range(12):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => { const e = document.activeElement;
              const shown = [e, e.closest('label') || e].map(each => getComputedStyle(each).outlineStyle);
              return [e.name || e.value || e.textContent.trim().split('\\n')[0], shown.some(s => s !== 'none')]; }"""
        )
        if page.evaluate("document.activeElement === document.body"):
            break
        assert outline, name
        order.append(name)

    assert order[:3] == ["score", "It has not arrived yet", "I have not tried it yet"]
    assert order[3:8] == ["why", "ease", "liked", "liked", "comment"]
