"""Letters are shared by weight among the healthy, and a relay that fell ill is left to recover."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.delivery.relay import RelayPlan
from campaigns.delivery.routing import choose
from campaigns.delivery.server import Server

SERVER = Server(host="mx.example", port=25)


def plan(key: int, weight: int = 1, tier: int = 0) -> RelayPlan:
    return RelayPlan(key=key, server=SERVER, weight=weight, tier=tier)


plans = st.lists(
    st.builds(plan, st.integers(0, 50), st.integers(1, 100), st.integers(0, 3)),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each.key,
)


@settings(max_examples=30)
@given(plans=plans)
def test_weights_hold(plans: list[RelayPlan]) -> None:
    lowest = [each for each in plans if each.tier == min(other.tier for other in plans)]
    count = 2000

    chosen = Counter(found.key for number in range(count) if (found := choose(plans, set(), number)))

    assert set(chosen) <= {each.key for each in lowest}
    for each in lowest:
        share = each.weight / sum(other.weight for other in lowest)
        assert abs(chosen[each.key] / count - share) < 0.06


@given(plans=plans, message_id=st.integers(1, 2**62), attempt=st.integers(0, 20), data=st.data())
def test_a_sick_relay_is_never_chosen_and_a_healthy_one_always_found(
    plans: list[RelayPlan], message_id: int, attempt: int, data: st.DataObject
) -> None:
    sick = data.draw(st.sets(st.sampled_from([each.key for each in plans])))

    found = choose(plans, sick, message_id, attempt)

    healthy = [each for each in plans if each.key not in sick]
    assert (found is None) is (not healthy)
    if found is not None:
        assert found in healthy
        assert found.tier == min(each.tier for each in healthy)
        assert found == choose(list(reversed(plans)), sick, message_id, attempt)


@given(plans=plans, message_id=st.integers(1, 2**62), data=st.data())
def test_where_one_falls_sick_only_its_own_letters_move(
    plans: list[RelayPlan], message_id: int, data: st.DataObject
) -> None:
    sick = data.draw(st.sampled_from(plans)).key
    before, after = choose(plans, set(), message_id), choose(plans, {sick}, message_id)

    assert before is not None
    assert before.key == sick or before == after


def test_another_attempt_may_go_another_way() -> None:
    both = [plan(1), plan(2)]
    ways = {found.key for attempt in range(20) if (found := choose(both, set(), 7, attempt))}

    assert ways == {1, 2}


def test_no_relay_is_no_way() -> None:
    assert choose([], set(), 1) is None
