"""A person who sends, goes back in the browser, and looks again."""

from tests.personas.stage import Acting, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=5, strict=5)


def act(place: Place) -> Acting:
    page = place.open(place.letter().rate(5))
    yield 1
    page.get_by_role("button", name="Send").click()
    yield 0.5
    page.go_back()
    yield 3
