"""A prefetcher that sends the form all the same: neither a page's own word nor a press counts."""

from tests.personas.stage import Acting, Client, Expected, Place

EXPECTED = Expected(level="suspect", reasons=frozenset({"prefetch"}))


def act(place: Place) -> Acting:
    ahead, letter = Client(headers={"Sec-Purpose": "prefetch"}), place.letter()
    nonce = place.look(letter.rate(1), ahead)
    yield 2.2
    place.send(letter.rate(1), ahead, nonce, score=1, level="provisional")
    place.send(letter.survey, ahead, nonce, score=1)
