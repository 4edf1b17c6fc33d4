"""A scanner that opens everything and answers all of it, after a person has: nothing of theirs is overwritten."""

from tests.personas.stage import STALE, Acting, Client, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=5, strict=5)


def act(place: Place) -> Acting:
    ana, letter = Client(), place.letter()
    nonce = place.look(letter.rate(5), ana)
    yield 0.7
    place.send(letter.survey, ana, nonce, score=5)
    scanner = Client(name=STALE, address="40.94.16.9")
    nonces = {score: place.look(letter.rate(score), scanner) for score in range(1, 6)}
    yield 2.2
    for score, nonce in nonces.items():
        place.send(letter.rate(score), scanner, nonce, score=score, level="provisional")
