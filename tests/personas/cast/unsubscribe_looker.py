"""A gateway that opens the way out: a look unsubscribes nobody."""

from tests.personas.stage import STALE, Acting, Client, Expected, Place

EXPECTED = Expected()


def act(place: Place) -> Acting:
    letter = place.letter()
    place.look(letter.out, Client(name=STALE))
    place.look(letter.out, Client(name=STALE), method="HEAD")
    yield 0
