"""A sender in a process of its own, to be killed: `python -m tests.delivery.sender SECONDS_LATER`."""

import sys
import time
from datetime import datetime, timedelta

from campaigns.delivery.deliver import Shift
from campaigns.delivery.server import Server
from campaigns.delivery.stopping import listening
from campaigns.delivery.transport import SmtpTransport
from campaigns.house import open_house
from campaigns.settings import Settings
from tests.delivery.stage import write
from tests.factories import NOW


def main() -> None:
    house, began = open_house(Settings.from_env()), time.monotonic()
    later = timedelta(seconds=float(sys.argv[1]))

    def now() -> datetime:
        return NOW + later + timedelta(seconds=time.monotonic() - began)

    with listening() as is_stopping, SmtpTransport(Server.from_url(house.settings.smtp_url)) as transport:
        Shift(house, transport, write, now, is_stopping).work()


if __name__ == "__main__":
    main()
