"""Somebody pastes the link into Slack, which unfolds it."""

from tests.personas.stage import Acting, Client, Expected, Place

EXPECTED = Expected()


def act(place: Place) -> Acting:
    letter = place.letter()
    name = "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"
    place.look(letter.rate(4), Client(name=name, headers={}))
    yield 0
