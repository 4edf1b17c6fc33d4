"""A letter leaves on a look that is young enough, and whatever is not plainly free to go is looked at whole."""

from collections.abc import Collection
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from campaigns.database import BELIEVED_FOR
from campaigns.delivery.belief import Fresh

TRIP = 0.0003  # seconds from a question to its answer


@dataclass
class World:
    """A database that answers after a while, with what was so when it was asked."""

    now: float = 100.0
    stopped_at: dict[int, float] = field(default_factory=dict)
    told: list[int] = field(default_factory=list)
    questions: int = 0
    _answer: tuple[float, set[int]] | None = None

    @property
    def is_asked(self) -> bool:
        return self._answer is not None

    def ask(self, *values: str | Collection[int]) -> None:
        assert self._answer is None
        ids = [value for value in values[0] if isinstance(value, int)]
        self.questions += 1
        self._answer = self.now + TRIP, {each for each in ids if not self.is_stopped(each)}

    def answer(self, *, wait: bool) -> set[int] | None:
        if self._answer is None or (not wait and self.now < self._answer[0]):
            return None
        self.now = max(self.now, self._answer[0])
        answer, self._answer = self._answer[1], None
        return answer

    def look(self, message_ids: list[int]) -> set[int]:
        """The whole look, which tells the book of those that may not leave."""
        self.told += [each for each in message_ids if self.is_stopped(each)]
        return {each for each in message_ids if not self.is_stopped(each)}

    def is_stopped(self, message_id: int) -> bool:
        return self.stopped_at.get(message_id, float("inf")) <= self.now

    def close(self) -> None:
        pass


def belief_in(world: World) -> Fresh:
    return Fresh(world.look, world, "mine", lambda: world.now)  # type: ignore[arg-type]


@given(
    stops=st.dictionaries(st.integers(0, 30), st.floats(100.0, 100.02)),
    steps=st.lists(st.floats(0.0, 0.003), min_size=31, max_size=31),
)
def test_nobody_who_was_stopped_a_blink_before_gets_a_letter(stops: dict[int, float], steps: list[float]) -> None:
    world = World(stopped_at=stops)
    belief = belief_in(world)
    waiting: list[tuple[int, object]] = [(each, None) for each in range(31)]

    while waiting:
        world.now += steps[len(waiting) - 1]
        letter = waiting[0][0]
        if belief.lets_go(waiting):
            assert stops.get(letter, float("inf")) > world.now - BELIEVED_FOR
        else:
            assert letter in world.told
        waiting = waiting[1:]


def test_while_letters_are_written_the_next_ones_are_looked_at() -> None:
    world = World()
    belief = belief_in(world)
    waiting: list[tuple[int, object]] = [(each, None) for each in range(40)]
    waited = 0.0

    for _ in range(40):
        before = world.now
        assert belief.lets_go(waiting)
        waited += world.now - before
        waiting = waiting[1:]
        world.now += BELIEVED_FOR / 5

    assert waited < TRIP * 1.5  # for the first only
    assert world.questions < 20


def test_what_was_decided_just_now_needs_no_look() -> None:
    world = World()
    belief = belief_in(world)
    belief.forget()
    belief.believe([1, 2])

    assert belief.lets_go([(1, None), (2, None)])
    assert world.questions == 0


def test_what_was_decided_a_while_ago_is_looked_at_again() -> None:
    world = World(stopped_at={1: 100.001})
    belief = belief_in(world)
    belief.forget()
    belief.believe([1])
    world.now += BELIEVED_FOR * 1.5

    assert not belief.lets_go([(1, None)])
    assert world.told == [1]
