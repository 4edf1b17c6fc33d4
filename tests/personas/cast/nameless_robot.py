"""A robot without a name that lets the script tell."""

from tests.personas.stage import Acting, Client, Expected, Place

EXPECTED = Expected(level="suspect", reasons=frozenset({"bot_ua"}))


def act(place: Place) -> Acting:
    robot, letter = Client(name="", headers={}), place.letter()
    nonce = place.look(letter.rate(3), robot)
    yield 2.2
    place.send(letter.rate(3), robot, nonce, score=3, level="provisional")
