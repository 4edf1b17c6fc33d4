"""A sender in a process of its own, to be killed: `python -m tests.delivery.sender`."""

import time
from contextlib import closing
from datetime import datetime, timedelta

from campaigns.delivery.deliver import Shift
from campaigns.delivery.filling import Means
from campaigns.delivery.smtp.exchange import Exchange
from campaigns.delivery.stopping import listening
from campaigns.delivery.throttle import Throttle
from campaigns.house import open_house
from campaigns.settings import Settings
from tests.delivery.stage import write
from tests.factories import NOW


def main() -> None:
    house, began = open_house(Settings.from_env()), time.monotonic()

    def now() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - began)

    means = Means(exchange=Exchange("here"), compose=write, throttle=Throttle.from_settings(house.settings))
    with listening() as is_stopping, closing(means):
        Shift(house, means, now, is_stopping).work()


if __name__ == "__main__":
    main()
