"""A browser that renders the page ahead of its person, who never comes: its script stays silent."""

from tests.personas.stage import Acting, Client, Expected, Place

EXPECTED = Expected()


def act(place: Place) -> Acting:
    ahead = "Object.defineProperty(Document.prototype, 'prerendering', { get: () => true })"
    letter = place.letter()
    place.look(letter.rate(4), Client(headers={"Sec-Purpose": "prefetch;prerender"}))
    place.open(letter.rate(4), before=ahead)
    yield 4
