"""A person who looks on the telephone and answers at the desk."""

from tests.personas.stage import FRESH, Acting, Client, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=5, strict=5)


def act(place: Place) -> Acting:
    phone, desk = Client(), Client(name=FRESH.format(155), address="198.41.0.4")
    letter = place.letter()
    nonce = place.look(letter.rate(3), phone)
    yield 2.2
    place.send(letter.rate(3), phone, nonce, score=3, level="provisional")
    nonce = place.look(letter.rate(5), desk)
    yield 0.7
    place.send(letter.survey, desk, nonce, score=5)
