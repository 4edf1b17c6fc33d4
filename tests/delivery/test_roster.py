"""Merchants take turns, whatever their size, and a merchant that rests holds up nobody."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery.roster import IN_A_ROUND, LEAST, LOOK_EVERY, MOST, Roster


def everybody(roster: Roster, now: float = 0.0) -> list[int]:
    """Let each have one turn."""
    found = []
    while (merchant_id := roster.turn(now)) is not None:
        found.append(merchant_id)
    return found


@given(merchants=st.sets(st.integers(1, 10_000), min_size=1, max_size=40), start=st.integers(0, 2**128))
def test_each_has_one_turn_in_a_round_wherever_it_begins(merchants: set[int], start: int) -> None:
    assert sorted(everybody(Roster(lambda: list(merchants), start))) == sorted(merchants)


@given(
    due=st.dictionaries(st.integers(1, 30), st.integers(1, 5000), min_size=2, max_size=12),
    start=st.integers(0, 1000),
)
def test_whoever_has_letters_due_waits_for_at_most_one_turn_of_each_other(due: dict[int, int], start: int) -> None:
    left = dict(due)
    roster = Roster(lambda: [merchant for merchant, letters in left.items() if letters], start)
    turns: list[int] = []

    while any(left.values()):
        merchant = roster.turn(len(turns) * 0.01)
        assert merchant is not None
        turns.append(merchant)
        wanted = roster.share
        left[merchant] -= min(wanted, left[merchant])
        if left[merchant]:
            roster.again(merchant)

    for merchant in due:
        first = turns.index(merchant)
        assert max(Counter(turns[:first]).values(), default=0) <= 2
    assert len(turns) >= len(due)


def test_a_merchant_that_rests_is_passed_over_until_its_time() -> None:
    roster = Roster(lambda: [1, 2])
    served = everybody(roster)
    for merchant in served:
        roster.again(merchant)
    roster.turn(0.1)
    roster.rest(served[0], 0.4)

    assert roster.wait(0.2) == 0.0
    assert everybody(roster, 0.2) == [served[1]]
    assert 0.15 < (roster.wait(0.2) or 0) < 0.25
    assert everybody(roster, 0.45) == [served[0]]


def test_nobody_to_wait_for_is_no_wait() -> None:
    roster = Roster(lambda: [])

    assert roster.turn(0.0) is None
    assert roster.wait(0.0) is None


def test_a_merchant_that_gets_letters_is_noticed_soon() -> None:
    due = [1]
    roster = Roster(lambda: due)
    assert everybody(roster) == [1]

    due.append(2)

    assert 2 in everybody(roster, LOOK_EVERY + 0.01)


def test_the_more_merchants_wait_the_smaller_is_a_turn() -> None:
    def share(merchants: int) -> int:
        roster = Roster(lambda: list(range(1, merchants + 1)))
        roster.turn(0.0)
        return roster.share

    assert [share(number) for number in (1, 20, 50, 2000)] == [MOST, MOST, IN_A_ROUND // 50, LEAST]
