"""A person on a train: the page cannot tell what was clicked, until they touch it again."""

from tests.personas.stage import Acting, Expected, Place

EXPECTED = Expected(level="confirmed", balanced=4, strict=4)


def act(place: Place) -> Acting:
    page = place.open(place.letter().rate(4))
    page.context.set_offline(True)
    yield 3
    page.context.set_offline(False)
    page.mouse.click(5, 5)
    yield 2
