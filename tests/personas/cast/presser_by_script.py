"""A crawler that presses every control of the page by a script of its own; no hand was near."""

from tests.personas.stage import Acting, Expected, Place

EXPECTED = Expected(level="suspect", reasons=frozenset({"webdriver"}))


def act(place: Place) -> Acting:
    page = place.open(place.letter().rate(5))
    yield 1
    page.evaluate("for (const each of document.querySelectorAll('input[type=radio], button')) each.click()")
    yield 0.5
