"""A gateway that rewrites the link and encodes it twice on the way: the person behind it still answers."""

from tests.personas.stage import Acting, Client, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=4, strict=4)


def act(place: Place) -> Acting:
    ana, letter = Client(), place.letter()
    status, page = place.ask("GET", letter.rate("4%2520"), ana)
    assert (status, "nonce" in page) != (500, True)
    nonce = place.look(letter.rate(4).replace(".", "%2E"), ana)
    assert nonce, "a link that was encoded once does not open"
    yield 0.7
    place.send(letter.survey, ana, nonce, score=4)
