"""A letter that is opened without end fills no table, and hides no burst."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from campaigns import clock
from campaigns.house import House
from campaigns.responses.answering import Desk
from campaigns.responses.asked import MOST_LOOKS
from campaigns.responses.hit import Hit, LinkName
from campaigns.responses.jobs import fold_answers
from campaigns.responses.judging import Step
from campaigns.responses.looking import Kept, Place, place_of
from campaigns.responses.signs.reason import Level, Suspicion
from campaigns.responses.signs.trace import Trace, Visit
from campaigns.responses.trust import judge
from tests.factories import NOW
from tests.responses.conftest import BROWSER, Ana, Letter, Records

LOOK = Visit(method="GET", user_agent=BROWSER)
TELL = Visit(method="POST", user_agent=BROWSER, claim=Level.PROVISIONAL, page_age=timedelta(seconds=3))
VISITS = st.lists(st.tuples(st.floats(0, 40), st.sampled_from(["1", "5", "survey"])), max_size=60)


def step(letter: Letter, at: datetime, score: str = "4") -> Step:
    return Step(message_id=letter.message_id, link=LinkName.RATE, clicked=score, visit=LOOK, client="c", at=at)


@pytest.mark.parametrize("looks", [1_000, pytest.param(10_000, marks=pytest.mark.drill)])
def test_thousands_of_looks_are_a_few_hundred_rows_and_one_answer_beside_them_is_judged(
    house: House, letter: Letter, ana: Ana, records: Records, looks: int
) -> None:
    began = clock.now() - timedelta(seconds=1_000)
    moments = [began + timedelta(seconds=1_000 / looks * number) for number in range(looks)]
    with house.database.transaction() as session:
        desk = Desk()
        for first in range(0, looks, 20):
            desk.note_looks(session, [step(letter, at) for at in moments[first : first + 20]])

    rows = records.all(Hit)
    assert MOST_LOOKS <= len(rows) < MOST_LOOKS + 100
    assert max(row.at for row in rows) == moments[-1]

    assert ana.look(letter.rate(1)).status_code == 200
    ana.send(letter.rate(5), {"score": "5", "level": "provisional"})
    fold_answers(house)
    assert records.response is not None
    assert (records.response.level, [each["code"] for each in records.response.reasons]) == ("suspect", ["burst"])


def test_a_letter_like_any_other_keeps_every_look(house: House, letter: Letter, ana: Ana, records: Records) -> None:
    for _ in range(30):
        ana.look(letter.rate(4))

    assert len(records.all(Hit)) == 30


def test_looks_at_one_letter_leave_those_at_another_alone(house: House, letter: Letter, records: Records) -> None:
    with house.database.transaction() as session:
        desk = Desk()
        for _ in range(MOST_LOOKS + 10):
            desk.note_looks(session, [step(letter, NOW)])
        session.execute(update(Hit).values(kind="answer").where(Hit.id > 0))
        for _ in range(5):
            desk.note_looks(session, [step(letter, NOW)])

    assert len([hit for hit in records.all(Hit) if hit.kind == "look"]) == 5


@settings(max_examples=60)
@given(visits=VISITS, answer=st.integers(0, 60))
def test_whatever_is_left_out_no_burst_is(visits: list[tuple[float, str]], answer: int) -> None:
    traces, at = [], NOW
    for number, (gap, place) in enumerate(visits):
        at += timedelta(seconds=gap)
        traces.append(trace(number, place, at, is_answer=False))
    moment = traces[min(answer, len(traces) - 1)].at if traces else NOW
    told = trace(1_000, "5", moment + timedelta(milliseconds=1), is_answer=True)

    assert burst([*thinned(traces), told]) == burst([*traces, told])


def trace(number: int, place: str, at: datetime, *, is_answer: bool) -> Trace:
    link, score = ("survey", None) if place == "survey" else ("rate", int(place))
    visit = TELL if is_answer else LOOK
    return Trace(hit_id=number, message_id=1, link=link, is_answer=is_answer, score=score, at=at, visit=visit)


def thinned(traces: list[Trace]) -> list[Trace]:
    kept: dict[int, Trace] = {}
    for each in traces:
        alike = [Kept(hit_id, other.at) for hit_id, other in kept.items() if other.place == each.place]
        place = place_of(each.at, alike[::-1])
        if place is not Place.NOWHERE:
            kept[each.hit_id if isinstance(place, Place) else place] = each
    return list(kept.values())


def burst(traces: list[Trace]) -> bool:
    return any(reason.code is Suspicion.BURST for reason in judge(traces)[1_000].reasons)
