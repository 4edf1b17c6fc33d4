"""A crawler that sends the form of every page it finds, at once and one after the other."""

import time

from tests.personas.stage import STALE, Acting, Client, Expected, Place

EXPECTED = Expected(level="suspect", reasons=frozenset({"hasty", "burst"}), costs_reminder=True)
AT_ONCE = 0.4  # seconds for a page and its form: a crawler never needs longer, the machine of a test may


def act(place: Place) -> Acting:
    while not _was_fast(place):
        place.letters.pop()
    yield 0


def _was_fast(place: Place) -> bool:
    crawler, letter = Client(name=STALE, headers={}), place.letter()
    took = []
    for score in range(1, 6):
        began = time.monotonic()
        nonce = place.look(letter.rate(score), crawler)
        place.send(letter.rate(score), crawler, nonce, score=score)
        took.append(time.monotonic() - began)
    return max(took) < AT_ONCE
