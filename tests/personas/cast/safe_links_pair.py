"""Safe Links asks for the link a person clicks, right before them: they count all the same."""

from tests.personas.stage import STALE, Acting, Client, Expected, Place

EXPECTED = Expected(level="provisional", balanced=4)


def act(place: Place) -> Acting:
    scanner, letter = Client(name=STALE, address="40.94.16.9", headers={}), place.letter()
    place.look(letter.rate(4), scanner, method="HEAD")
    yield 0.134
    place.look(letter.rate(4), scanner)
    place.open(letter.rate(4))
    yield 4
