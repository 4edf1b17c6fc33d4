"""A person who presses twice: the same form comes two times."""

from tests.personas.stage import Acting, Client, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=4, strict=4)


def act(place: Place) -> Acting:
    ana, letter = Client(), place.letter()
    nonce = place.look(letter.rate(4), ana)
    yield 0.7
    for _ in range(2):
        assert place.send(letter.survey, ana, nonce, score=4) == 303
