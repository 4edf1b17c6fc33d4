"""A month whose truth is known: what the figures claim of themselves holds, whatever the month."""

from dataclasses import replace

import pytest

from campaigns.responses.simulation.month import Comparison, simulate
from campaigns.responses.simulation.world import Machines, People, World

SMALL = World(letters=700, days=10)
POINTS = 1.0


def holds(found: Comparison) -> None:
    assert abs(found.balanced.off) <= POINTS, found
    assert 100 * found.balanced.false / found.letters <= POINTS, found
    assert found.strict.false == 0, found
    assert found.locked_out == 0, found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_balanced_is_near_the_truth_strict_invents_nobody_and_nobody_is_locked_out(seed: int) -> None:
    found = simulate(SMALL, seed)

    holds(found)
    assert found.people > 50
    assert found.clicked.off > 10, "without machines there is nothing to tell apart"


def test_a_month_without_machines_and_one_without_people() -> None:
    people = simulate(replace(SMALL, scanned=0), 1)
    machines = simulate(replace(SMALL, scanned=1, people=People(answer=0)), 1)

    assert (people.balanced.false, people.strict.false, people.clicked.off) == (0, 0, 0)
    assert (machines.people, machines.strict.counted) == (0, 0)
    assert machines.clicked.counted > 300


def test_the_same_seed_is_the_same_month() -> None:
    world = replace(SMALL, letters=100)

    assert simulate(world, 7) == simulate(world, 7)
    assert simulate(world, 7) != simulate(world, 8)


def test_what_only_presses_is_caught_by_the_press() -> None:
    crawlers = Machines(heads=0, fetches=0, detonates=0, presses=1)

    found = simulate(replace(SMALL, letters=300, scanned=1, machines=crawlers), 4)

    assert (found.strict.false, found.locked_out) == (0, 0)


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("scanned", [0.1, 0.3, 0.6])
def test_a_whole_month(seed: int, scanned: float) -> None:
    holds(simulate(World(scanned=scanned), seed))
