"""One scanner before twenty mailboxes at twenty domains, one link each: what is weak alone is not, twenty times."""

from tests.personas.stage import STALE, Acting, Client, Expected, Place

EXPECTED = Expected(level="suspect", reasons=frozenset({"fanout", "hdr"}))


def act(place: Place) -> Acting:
    scanner = Client(name=STALE, address="40.107.235.7")
    letters = [place.letter() for _ in range(20)]
    nonces = [place.look(letter.rate(4), scanner) for letter in letters]
    yield 2.2
    for letter, nonce in zip(letters, nonces, strict=True):
        assert place.send(letter.rate(4), scanner, nonce, score=4, level="provisional") == 204
