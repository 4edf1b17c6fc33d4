"""A gateway that asks for the headers of every link, and no more."""

from tests.personas.stage import Acting, Client, Expected, Place

EXPECTED = Expected()


def act(place: Place) -> Acting:
    letter = place.letter()
    for link in letter.links:
        place.look(link, Client(name=""), method="HEAD")
    yield 0
