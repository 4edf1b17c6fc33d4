"""The web application for any WSGI server, and the commands of `flask --app wsgi`."""

import logging

from campaigns.app import create_app
from campaigns.cli import add_commands
from campaigns.errors import SettingsError
from campaigns.house import open_house
from campaigns.schema import follow_code
from campaigns.settings import Settings

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
logging.getLogger("alembic").setLevel(logging.WARNING)
try:
    house = open_house(Settings.from_env())
    follow_code(house)
    app = create_app(house)
except SettingsError as error:
    raise SystemExit(f"askwell: {error}") from None
add_commands(app)
