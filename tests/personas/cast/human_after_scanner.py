"""A person who answers a letter whose links a scanner has all opened and answered: nobody is locked out."""

from tests.personas.stage import STALE, Acting, Client, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=2, strict=2)


def act(place: Place) -> Acting:
    scanner, letter = Client(name=STALE, address="40.94.16.9"), place.letter()
    nonces = {score: place.look(letter.rate(score), scanner) for score in range(1, 6)}
    yield 2.2
    for score, nonce in nonces.items():
        place.send(letter.rate(score), scanner, nonce, score=score, level="provisional")
    ana = Client()
    nonce = place.look(letter.rate(2), ana)
    assert nonce
    yield 0.7
    place.send(letter.survey, ana, nonce, score=2)
