"""Each sign is seen where it is, weighs what it weighs, and is not seen a second too far."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.responses.signs.reason import Level
from campaigns.responses.signs.rules import RULES
from campaigns.responses.signs.trace import Around, Trace, visit_again
from campaigns.responses.trust import judge
from tests.responses.signs.cast import CHROME, PHONE, SENT, codes, look, pressed, told, verdict, visit

P, C, X = Level.PROVISIONAL, Level.CONFIRMED, Level.SUSPECT
AN_HOUR = 3600.0
OLD, STALE, NEW = CHROME.format(64), CHROME.format(125), CHROME.format(155)

ALONE: list[tuple[str, dict[str, Any], set[str], Level]] = [
    ("a person", {}, set(), P),
    ("prefetched", {"purpose": "prefetch;prerender"}, {"prefetch"}, X),
    ("named a robot", {"user_agent": "Slackbot-LinkExpanding 1.0"}, {"bot_ua"}, X),
    ("nameless", {"user_agent": ""}, {"bot_ua"}, X),
    ("driven", {"is_webdriver": True}, {"webdriver"}, X),
    ("too soon", {"page_age": timedelta(milliseconds=499)}, {"hasty"}, X),
    ("soon enough", {"page_age": timedelta(milliseconds=500)}, set(), P),
    ("a new Chrome", {"user_agent": NEW}, set(), P),
    ("a Chrome without a language", {"user_agent": NEW, "names_language": False}, {"hdr"}, P),
    ("a Chrome that fetches for nothing", {"user_agent": NEW, "names_fetch": False}, {"hdr"}, P),
    ("a Chrome of last year", {"user_agent": STALE}, {"hdr"}, P),
    ("a Chrome older than those headers", {"user_agent": OLD, "names_fetch": False}, {"hdr"}, P),
    ("a telephone without a language", {"names_language": False, "names_fetch": False}, set(), P),
    ("from a listed network", {"is_listed": True}, {"dc_net"}, P),
    ("three weak signs", {"user_agent": STALE, "is_listed": True}, {"hdr", "dc_net"}, P),
]


@pytest.mark.parametrize(("values", "seen", "level"), [row[1:] for row in ALONE], ids=[row[0] for row in ALONE])
def test_what_one_request_shows(values: dict[str, Any], seen: set[str], level: Level) -> None:
    found = verdict(told(AN_HOUR, **values))

    assert (codes(found), found.level) == (seen, level)


@pytest.mark.parametrize(
    ("at", "seen", "level"),
    [
        (-601, set(), P),
        (-600, {"pre_delivery"}, X),
        (-0.5, {"pre_delivery"}, X),
        (0, {"fast"}, P),
        (9.9, {"fast"}, P),
        (10, set(), P),
    ],
)
def test_the_moment_the_letter_left(at: float, seen: set[str], level: Level) -> None:
    found = verdict(told(at))

    assert (codes(found), found.level) == (seen, level)


def test_a_letter_of_which_nobody_knows_when_it_left_shows_nothing() -> None:
    assert judge([told(2)], Around())[told(2).hit_id].reasons == ()


T = AN_HOUR
COMPANY: list[tuple[str, list[Trace], set[str]]] = [
    ("nobody", [], set()),
    ("its own look", [look(T - 3)], set()),
    ("another score, within a minute", [look(T - 60, score=5)], {"burst"}),
    ("another score, a minute and a second away", [look(T - 61, score=5)], set()),
    ("two links", [look(T - 3), look(T - 2, "unsubscribe", None)], set()),
    ("three links", [look(T - 3), look(T - 2, "unsubscribe", None), look(T + 1, "survey", None)], {"burst"}),
    (
        "three links, asked for by their head",
        [look(T + s, x, None, method="HEAD") for s, x in ((1, "survey"), (2, "unsubscribe"))],
        {"burst"},
    ),
    ("a press of another score", [pressed(T + 9, score=1)], set()),
    ("somebody elsewhere, on something else", [look(T - 9, network="far", user_agent=NEW)], {"shadow"}),
    ("the same telephone elsewhere", [look(T - 9, network="far")], set()),
    ("a program that pressed in the same browser", [pressed(T + 9, by_hand=False)], {"webdriver"}),
    ("a program in another browser", [pressed(T + 9, by_hand=False, network="far")], set()),
]


@pytest.mark.parametrize(("others", "seen"), [row[1:] for row in COMPANY], ids=[row[0] for row in COMPANY])
def test_the_company_an_answer_keeps(others: list[Trace], seen: set[str]) -> None:
    assert codes(verdict(told(T), *others)) == seen


def test_a_burst_marks_every_answer_of_its_minute_and_no_other() -> None:
    traces = [told(T, 1), told(T + 1, 2), told(T + 59, 2), told(T + 130, 2)]

    judged = judge(traces)

    assert [judged[each.hit_id].level for each in traces] == [X, X, X, P]


def test_traps_are_off_until_somebody_names_one() -> None:
    beside = look(T - 500, "unsubscribe", None)
    rules = replace(RULES, traps=frozenset({"unsubscribe"}))

    assert codes(verdict(told(T), beside)) == set()
    assert codes(verdict(told(T), beside, rules=rules)) == {"trap"}
    assert codes(verdict(told(T), replace(beside, at=SENT), rules=rules)) == set()
    assert codes(verdict(told(T, network="far"), beside, rules=rules)) == set(), "another client fell into it"


@pytest.mark.parametrize(("domains", "seen"), [(2, set()), (3, {"fanout"}), (10, {"fanout"})])
def test_a_network_that_stands_before_many_domains(domains: int, seen: set[str]) -> None:
    assert codes(verdict(told(T), domains=domains)) == seen


def test_weak_signs_together_are_one_that_counts() -> None:
    assert verdict(told(T), domains=3).level is P
    assert verdict(told(T, user_agent=STALE), domains=3).level is X
    assert verdict(told(5), domains=3).level is X


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ({"user_agent": "", "is_listed": True}, C),
        ({"purpose": "prefetch"}, X),
        ({"is_webdriver": True}, X),
        ({"by_hand": False}, X),
        ({"page_age": timedelta(milliseconds=100)}, C),
        ({"page_age": timedelta(milliseconds=100), "user_agent": "", "names_language": False}, C),
    ],
)
def test_a_press_is_undone_by_what_no_hand_can_do_and_haste_only_in_company(
    values: dict[str, Any], level: Level
) -> None:
    others = [look(T + 1, score=score) for score in (1, 2, 3)]

    assert verdict(pressed(T, **values), *others, domains=9).level is level


def test_who_presses_everything_at_once_is_no_thumb() -> None:
    haste = {"page_age": timedelta(milliseconds=90)}
    traces = [pressed(T + score, score, **haste) for score in range(1, 6)]

    assert {each.level for each in judge(traces).values()} == {X}


TRACES = st.lists(
    st.builds(
        lambda at, score, kind, values: kind(at, score=score, **values),
        st.integers(0, 200).map(float),
        st.integers(1, 5),
        st.sampled_from([look, told, pressed]),
        st.sampled_from([{}, {"network": "far", "user_agent": STALE}, {"is_webdriver": True}, {"by_hand": False}]),
    ),
    max_size=7,
    unique_by=lambda trace: trace.hit_id,
)


@given(TRACES, st.randoms())
def test_judging_is_the_same_in_every_order_and_twice_is_as_once(traces: list[Trace], random: Any) -> None:
    doubled = traces + traces[: len(traces) // 2]
    random.shuffle(doubled)

    assert judge(doubled) == judge(traces)


@given(TRACES)
def test_more_visits_never_make_an_answer_less_suspicious(traces: list[Trace]) -> None:
    whole = judge(traces)

    for place in range(len(traces)):
        for hit_id, found in judge(traces[:place]).items():
            assert codes(found) <= codes(whole[hit_id])


def test_a_visit_is_the_same_after_its_facts_were_kept() -> None:
    for seen in (
        visit(),
        visit("GET", None, user_agent=NEW, page_age=None, network=""),
        visit(purpose="prefetch", is_webdriver=True, by_hand=False, is_listed=True, names_fetch=False),
        visit(claim=C, user_agent=PHONE, page_age=timedelta(milliseconds=-20)),
    ):
        assert visit_again(seen.method, seen.user_agent, seen.facts(), seen.network) == seen
