"""`make bench`: prints medians and ratios, all measured in one run."""

import argparse
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator

from campaigns import clock
from tests.bench import claim, doors, latency, memory, press, profiling, rooms, sending, throttle
from tests.bench.letters import allow
from tests.bench.machine import described
from tests.bench.options import Options

SECTIONS: dict[str, Callable[[Options], Iterator[str]]] = {
    "sending": sending.run,
    "latency": latency.run,
    "doors": doors.run,
    "claim": claim.run,
    "memory": memory.run,
    "throttle": throttle.run,
    "rooms": rooms.run,
    "letters": press.run,
}
KINDS = {"sqlite": ("sqlite",), "postgres": ("postgres",), "both": ("sqlite", "postgres")}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"any of {', '.join(SECTIONS)}; all without")
    parser.add_argument("--large", action="store_true", help="ten million messages, 200,000 letters: takes its time")
    parser.add_argument("--profile", action="store_true", help="print where one worker's time goes, and nothing else")
    parser.add_argument("--database", choices=KINDS, default="both")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="that one contender sends in one round")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.sections if name not in SECTIONS]:
        parser.error(f"there is no section {unknown[0]}")
    options = Options(KINDS[arguments.database], arguments.rounds, arguments.seconds, arguments.large)
    logging.disable(logging.NOTSET if arguments.profile else logging.CRITICAL)
    allow()
    print(f"{clock.now():%Y-%m-%d}, {described()}", flush=True)
    chosen = {"profile": profiling.run} if arguments.profile else _chosen(arguments.sections)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("askwell: the bench was told to stop."))  # and cleans up
    failed: list[str] = []
    for name, section in chosen.items():
        print(f"\n{name}", flush=True)
        begin = time.monotonic()
        try:
            for part in section(options):
                print(part, flush=True)
        except Exception as error:  # noqa: BLE001 - the other sections still have something to say
            failed.append(name)
            print(f"failed: {type(error).__name__}: {error}", flush=True)
        print(f"({time.monotonic() - begin:.0f} s)", flush=True)
    return len(failed)


def _chosen(names: list[str]) -> dict[str, Callable[[Options], Iterator[str]]]:
    return {name: section for name, section in SECTIONS.items() if not names or name in names}


if __name__ == "__main__":
    sys.exit(main())
