"""A person answers and forwards the letter to a friend, who clicks something else."""

from tests.personas.stage import Acting, Client, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=4, strict=4)


def act(place: Place) -> Acting:
    ana, friend = Client(), Client(address="198.41.0.4")
    letter = place.letter()
    nonce = place.look(letter.rate(4), ana)
    yield 0.7
    place.send(letter.survey, ana, nonce, score=4)
    nonce = place.look(letter.rate(1), friend)
    yield 2.2
    assert place.send(letter.rate(1), friend, nonce, score=1, level="provisional") == 204
