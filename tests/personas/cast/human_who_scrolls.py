"""A person who touches the page before it tells by itself: one click, confirmed."""

from tests.personas.stage import Acting, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=5, strict=5)


def act(place: Place) -> Acting:
    page = place.open(place.letter().rate(5))
    yield 0.5
    page.mouse.click(5, 5)
    yield 3.5
