"""Tries the rules on a month whose truth is known."""

from dataclasses import replace

import click

from campaigns.responses.simulation.month import Comparison, Headline, simulate
from campaigns.responses.simulation.world import World
from campaigns.terminal import json_option, kindly, show

HEAD = f"{'':24}{'answers':>9}{'rate':>9}{'off by':>12}{'false':>8}{'wrong':>8}{'lost':>8}"


@click.command("simulate", epilog="Example:  flask --app wsgi simulate --letters 5000 --scanner-share 0.5 --seed 7")
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True)
@click.option("--letters", type=click.IntRange(1, 200_000), default=2000, show_default=True)
@click.option("--scanner-share", "scanned", type=click.FloatRange(0, 1), default=0.3, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Another number is another month.")
@json_option
@kindly
def simulation(days: int, letters: int, scanned: float, seed: int, as_json: bool) -> None:
    """Live a month with people and mail scanners, judge it, and compare the figures with the truth."""
    found = simulate(replace(World(), days=days, letters=letters, scanned=scanned), seed)
    show(found.as_json(), as_json, *table(found))


def table(found: Comparison) -> list[str]:
    return [
        f"{found.letters:,} letters, {found.scanned:,} of them scanned; {found.people:,} people answered.",
        HEAD,
        f"{'The truth':24}{found.people:>9,}{found.truth:>9.1%}",
        _line("Every click believed", found.clicked),
        _line("Balanced", found.balanced),
        _line("Strict", found.strict),
        f"People whose own answer is not what was kept in the end: {found.locked_out:,}.",
    ]


def _line(name: str, headline: Headline) -> str:
    points = f"{headline.off:+.1f} points"
    figures = f"{headline.counted:>9,}{headline.rate:>9.1%}{points:>12}"
    return f"{name:24}{figures}{headline.false:>8,}{headline.wrong:>8,}{headline.lost:>8,}"
