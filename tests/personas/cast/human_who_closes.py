"""A person who closes the page after a second: nothing was said, and the reminder comes."""

from tests.personas.stage import Acting, Expected, Place

EXPECTED = Expected()


def act(place: Place) -> Acting:
    place.open(place.letter().rate(5), before="setTimeout(() => { location.href = 'about:blank' }, 1000)")
    yield 3
