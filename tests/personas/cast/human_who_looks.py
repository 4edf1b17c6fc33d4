"""A person who clicks a star, looks for a while, and touches nothing: one click is enough."""

from tests.personas.stage import Acting, Expected, Place

EXPECTED = Expected(level="provisional", balanced=5)


def act(place: Place) -> Acting:
    place.open(place.letter().rate(5))
    yield 4
