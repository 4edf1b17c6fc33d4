"""Runs a worker: `python worker.py [QUEUE]`, `--burst` to drain and exit, `heartbeat` to ring, `metrics` to be seen."""

import argparse
import sys

from campaigns import logbook, meters
from campaigns.delivery.mailbox import run as run_mailbox
from campaigns.errors import AskwellError
from campaigns.exporter import serve_metrics
from campaigns.heartbeat import beat_forever
from campaigns.house import open_house
from campaigns.instance import tallies
from campaigns.queues import QueueName
from campaigns.schema import follow_code
from campaigns.settings import Settings
from campaigns.workers import Worker, drain, run_all, settle_down


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [*QueueName, "heartbeat", "mailbox", "metrics"]
    parser.add_argument("queue", nargs="?", choices=names, help="one queue; without it, one process for each")
    parser.add_argument("--burst", action="store_true", help="work off what is due, then exit")
    arguments = parser.parse_args()
    settings = Settings.from_env()
    logbook.configure(settings.log_format)
    meters.keep_in(tallies(settings.instance))
    house = open_house(settings)
    follow_code(house)
    settle_down()
    if arguments.queue == "mailbox":
        run_mailbox(settings)
    elif arguments.queue == "metrics":
        serve_metrics(house)
    elif arguments.queue == "heartbeat":
        beat_forever(house)
    elif arguments.burst:
        drain(house, QueueName(arguments.queue) if arguments.queue else None)
    elif arguments.queue:
        Worker(house, QueueName(arguments.queue)).run()
    else:
        return run_all(__file__)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AskwellError as error:
        sys.exit(f"askwell: {error}")
    except KeyboardInterrupt:
        sys.exit(0)
