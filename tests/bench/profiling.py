"""Where one worker's time goes, as text: `python -m tests.bench --profile`."""

import cProfile
import io
import logging
import pstats
from collections.abc import Iterator
from datetime import timedelta

from campaigns import clock
from campaigns.delivery.jobs import send_due
from tests.bench.letters import SIZES, TEMPLATE, padded
from tests.bench.options import Options
from tests.bench.place import open_place
from tests.bench.seed import count_sent, fill, make_due, open_shop
from tests.bench.wire import cheapest_sink

LETTERS, FUNCTIONS = 1_000, 35


def run(options: Options) -> Iterator[str]:
    for kind in options.kinds:
        with cheapest_sink() as sink, open_place(kind) as made:
            place = made.sending_to(sink.port)
            with place.house.database.transaction() as session:
                merchant = open_shop(session, place.house.vault, template=TEMPLATE)[0]
            fill(place, [merchant], LETTERS)
            padded(SIZES["45 KB"], place.folder / "templates")
            logging.basicConfig(level=logging.INFO, filename=place.folder / "log", force=True)
            make_due(place, merchant.merchant_id, 20, clock.now() - timedelta(minutes=5))
            send_due(place.house)
            due = clock.now() - timedelta(minutes=5)
            make_due(place, merchant.merchant_id, LETTERS, due)
            profile = cProfile.Profile()
            profile.runcall(send_due, place.house)
            yield f"{kind}: {count_sent(place, merchant.merchant_id, due):,} letters of 45 KB, unsigned, in this process"
            yield _told(profile, "tottime")
            yield _told(profile, "cumulative")


def _told(profile: cProfile.Profile, order: str) -> str:
    out = io.StringIO()
    pstats.Stats(profile, stream=out).strip_dirs().sort_stats(order).print_stats(FUNCTIONS)
    return out.getvalue().strip()
