"""A lane in trouble waits longer each time, and one at its limit tries with less for a while."""

from campaigns.delivery.server import Server
from campaigns.delivery.smtp.lane import LONGEST_WAIT, LOWERED_FOR, SPREAD, Lane
from campaigns.errors import ServerUnavailable


def a_lane(connections: int = 4) -> Lane:
    return Lane("relay", Server(host="mx.example", port=25), connections)


def waited(lane: Lane, now: float, is_lasting: bool = False) -> float:
    lane.fail(ServerUnavailable(), now, is_lasting)
    return next(step / 100 for step in range(100 * 100) if lane.is_ready(now + step / 100))


def test_each_wait_is_twice_the_one_before_up_to_a_minute() -> None:
    lane, now = a_lane(), 1000.0

    for expected in (1, 2, 4, 8, 16, 32, 60, 60):
        wait = waited(lane, now)
        assert expected <= wait <= expected * (1 + SPREAD) + 0.01
        now += wait


def test_connections_that_fail_together_count_once() -> None:
    lane = a_lane()
    for _ in range(4):
        lane.fail(ServerUnavailable(), 1000.0)

    assert lane.is_ready(1000.0 + 1 + SPREAD)


def test_only_an_answered_letter_makes_the_next_trouble_a_new_one() -> None:
    lane = a_lane()
    waited(lane, 1000.0)
    lane.open()

    assert lane.trouble is None
    assert waited(lane, 2000.0) >= 2
    lane.prove()
    assert waited(lane, 3000.0) <= 1 + SPREAD + 0.01


def test_what_only_a_person_can_mend_is_tried_once_a_minute() -> None:
    assert waited(a_lane(), 1000.0, is_lasting=True) >= LONGEST_WAIT


def test_a_refused_connection_lowers_the_number_for_a_minute_and_never_to_none() -> None:
    lane = a_lane(connections=3)

    for _ in range(5):
        lane.lower(1000.0)

    assert lane.bears(1000.0) == 1
    assert lane.bears(1000.0 + LOWERED_FOR) == 3
