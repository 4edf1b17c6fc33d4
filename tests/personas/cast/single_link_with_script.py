"""A sandbox that opens one link alone, with its script: only weak signs, so it is one click, never confirmed."""

from tests.personas.stage import STALE, Acting, Client, Expected, Place

EXPECTED = Expected(level="provisional", balanced=2, reasons=frozenset({"hdr"}))


def act(place: Place) -> Acting:
    scanner, letter = Client(name=STALE, address="52.1.2.3"), place.letter()
    nonce = place.look(letter.rate(2), scanner)
    yield 2.2
    assert place.send(letter.rate(2), scanner, nonce, score=2, level="provisional") == 204
