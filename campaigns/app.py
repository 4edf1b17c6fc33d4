"""The web application: hangs every door, and does only that."""

from flask import Flask

from campaigns.door import hang
from campaigns.house import House

MOST_BYTES = 1_000_000  # of any request body; a webhook is the largest there is


def create_app(house: House) -> Flask:
    """Make the WSGI application of a house."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY=house.settings.secret_keys[0], MAX_CONTENT_LENGTH=MOST_BYTES)
    hang(app, house)
    return app
