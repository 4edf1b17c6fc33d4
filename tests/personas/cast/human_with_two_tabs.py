"""A person who opened two stars in two tabs, and then sends one of them."""

from tests.personas.stage import Acting, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=3, strict=3)


def act(place: Place) -> Acting:
    letter = place.letter()
    place.open(letter.rate(4))
    second = place.open(letter.rate(3))
    yield 3
    second.get_by_role("button", name="Send").click()
    yield 0.5
