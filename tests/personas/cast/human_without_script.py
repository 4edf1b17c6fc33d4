"""A person whose browser runs no JavaScript: one click in the letter, and the button."""

from tests.personas.stage import Acting, Client, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=4, strict=4)


def act(place: Place) -> Acting:
    ana, letter = Client(), place.letter()
    nonce = place.look(letter.rate(4), ana)
    yield 0.7
    assert place.send(letter.survey, ana, nonce, score=4) == 303
