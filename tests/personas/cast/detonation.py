"""A sandbox that opens every rating in a real browser, hidden behind an old name, and lets the script tell."""

from tests.personas.stage import STALE, Acting, Expected, Place

EXPECTED = Expected(level="suspect", reasons=frozenset({"burst", "hdr"}))


def act(place: Place) -> Acting:
    letter = place.letter()
    for score in (1, 5):
        place.open(letter.rate(score), STALE)
    yield 4
