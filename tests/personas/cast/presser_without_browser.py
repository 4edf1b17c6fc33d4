"""A crawler that sends the form of every page it finds, at once and one after the other."""

from tests.personas.stage import STALE, Acting, Client, Expected, Place

EXPECTED = Expected(level="suspect", reasons=frozenset({"hasty", "burst"}), costs_reminder=True)


def act(place: Place) -> Acting:
    crawler, letter = Client(name=STALE, headers={}), place.letter()
    for score in range(1, 6):
        nonce = place.look(letter.rate(score), crawler)
        place.send(letter.rate(score), crawler, nonce, score=score)
    yield 0
