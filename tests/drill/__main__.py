"""`python -m tests.drill`: break everything around the sender, count at the server, end with a table.

Exits with 1 where a promise broke. It uses processes and servers of its own, and leaves nothing behind.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.drill import crashes, people, stores, trouble
from tests.drill.auditor import auditing
from tests.drill.backing import OwnPostgres, OwnRedis, own_redis
from tests.drill.judge import Verdict
from tests.drill.report import Outcome, table
from tests.drill.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a scenario stands on."""

    site: Site
    redis: OwnRedis
    postgres: OwnPostgres | None
    letters: int
    kills: int


Scenario = Callable[[Ground], None]


def _on_site(act: Callable[[Site, int, int], None]) -> Scenario:
    return lambda ground: act(ground.site, ground.letters, ground.kills)


SCENARIOS: dict[str, Scenario] = {
    "kills": _on_site(crashes.kills),
    "server": _on_site(trouble.server),
    "redis": lambda ground: stores.bell(ground.site, ground.letters, ground.redis),
    "database": lambda ground: stores.database(ground.site, ground.letters, ground.postgres),
    "disk": _on_site(stores.disk),
    "race": _on_site(trouble.race),
    "answers": _on_site(people.answers),
    "frozen": _on_site(crashes.freezes),
    "machine": _on_site(crashes.machine),
    "pauses": _on_site(people.pauses),
}


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def standing(arguments: argparse.Namespace, name: str, postgres: OwnPostgres | None) -> Iterator[Ground]:
    """Build a fresh installation for one scenario, and take it down again."""
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="askwell-drill-", ignore_cleanup_errors=True))
        )
        instance = folder / "instance"
        if name == "disk":
            stack.enter_context(stores.small_disk(instance))
        instance.mkdir(exist_ok=True)
        auditor = stack.enter_context(auditing(folder))
        redis = stack.enter_context(own_redis())
        url = postgres.new_database() if postgres else f"sqlite:///{instance}/askwell.sqlite3"
        site = Site(folder, instance, url, redis.url, auditor)
        stack.callback(site.close)
        yield Ground(site=site, redis=redis, postgres=postgres, letters=arguments.letters, kills=arguments.kills)


def run(arguments: argparse.Namespace, name: str, postgres: OwnPostgres | None) -> Outcome:
    if name == "disk" and not stores.can_fill_a_disk():
        return "a full disk can be played on Linux only"
    with standing(arguments, name, postgres) as ground:
        SCENARIOS[name](ground)
        return ground.site.settle()


def run_all(arguments: argparse.Namespace, postgres: OwnPostgres | None) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    for name in arguments.only or SCENARIOS:
        begin = time.monotonic()
        outcomes[name] = run(arguments, name, postgres)
        say(f"{'postgres' if postgres else 'sqlite':<9} {name:<9} {time.monotonic() - begin:5.0f} s")
    return outcomes


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--letters", type=int, default=200, help="letters of each scenario (the long version: 10000)")
    parser.add_argument("--kills", type=int, default=6, help="kills of the first scenario (the long version: 50)")
    parser.add_argument("--only", action="append", choices=list(SCENARIOS), help="one scenario; may be repeated")
    return parser.parse_args()


def main() -> int:
    arguments = read_arguments()
    tables: dict[str, dict[str, Outcome]] = {}
    with ExitStack() as stack:
        if arguments.database != "postgres":
            tables["sqlite"] = run_all(arguments, None)
        if arguments.database != "sqlite":
            postgres = OwnPostgres()
            stack.callback(postgres.close)
            tables["postgres"] = run_all(arguments, postgres)
    for name, outcomes in tables.items():
        say("\n" + table(name, outcomes))
    verdicts = [each for outcomes in tables.values() for each in outcomes.values() if isinstance(each, Verdict)]
    holds = all(verdict.holds for verdict in verdicts)
    say("\nEvery promise held." if holds else "\nA promise broke; the offenders are named above.")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
