"""A person who clicked four, reads the page, and sends two."""

from tests.personas.stage import Acting, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=2, strict=2)


def act(place: Place) -> Acting:
    page = place.open(place.letter().rate(4))
    yield 3
    page.get_by_label("2 of 5").check()
    page.get_by_role("button", name="Send").click()
    yield 0.5
