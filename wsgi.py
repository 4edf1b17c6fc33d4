"""The web application for any WSGI server, and the commands of `flask --app wsgi`."""

import gc

from campaigns import logbook, meters
from campaigns.app import create_app
from campaigns.cli import add_commands
from campaigns.errors import SettingsError
from campaigns.house import open_house
from campaigns.instance import tallies
from campaigns.schema import follow_code
from campaigns.settings import Settings

try:
    settings = Settings.from_env()
    logbook.configure(settings.log_format, soon=True)
    meters.keep_in(tallies(settings.instance))
    house = open_house(settings)
    follow_code(house)
    app = create_app(house)
except SettingsError as error:
    raise SystemExit(f"askwell: {error}") from None
add_commands(app)
gc.freeze()  # what was imported is no garbage: looking through all of it again makes somebody wait
gc.set_threshold(20_000, 20, 100)
