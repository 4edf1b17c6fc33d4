"""Whatever a server says, and wherever it breaks off, each letter has one outcome and the outcome is true."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.delivery.smtp.parcel import Fate
from tests.delivery.servers import DROP, HALF, Play
from tests.delivery.smtp.stage import deliver, impatient, letters

BREAKS = [DROP, HALF, "421 4.3.2 bye", f"421 4.3.2 bye {DROP}", "what?"]
REFUSALS = ["451 4.7.1 later", "452 4.5.3 too many", "550 5.1.1 no", "554 5.7.1 never", "503 5.5.1 what"]


def script(fine: str) -> st.SearchStrategy[list[str]]:
    """What is said to one verb, letter after letter; in the end all is fine."""
    said = st.one_of(st.just(fine), st.just(fine), st.sampled_from([*REFUSALS, *BREAKS, f"{fine} {DROP}"]))
    return st.lists(said, max_size=6).map(lambda replies: [*replies, fine])


@given(
    mail=script("250 2.1.0 fine"),
    rcpt=script("250 2.1.5 fine"),
    data=script("354 go"),
    body=st.lists(st.sampled_from(["", "", "", *BREAKS]), max_size=4).map(lambda said: [*said, ""]),
    dot=script("250 2.0.0 taken"),
    reset=script("250 fine"),
    manner=st.sampled_from([{}, {"at_once": True}, {"in_bytes": True}]),
    offers=st.sampled_from([(), ("PIPELINING",), ("PIPELINING", "SIZE", "8BITMIME")]),
    connections=st.integers(1, 3),
    letters_each=st.sampled_from([2, 100]),
)
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_each_letter_has_one_outcome_and_it_is_true(
    mail: list[str],
    rcpt: list[str],
    data: list[str],
    body: list[str],
    dot: list[str],
    reset: list[str],
    manner: dict[str, bool],
    offers: tuple[str, ...],
    connections: int,
    letters_each: int,
) -> None:
    play = Play(*offers, **manner, MAIL=mail, RCPT=rcpt, DATA=data, BODY=body, DOT=dot, RSET=reset)
    tray = letters(12)
    dotted_at: dict[int, list[int]] = {}
    play.on_dot = lambda recipient: dotted_at.setdefault(number(recipient), list(tray.promised))

    with play.serving() as server:
        outcomes = deliver(server, tray, connections, impatient(letters_each=letters_each), within=20.0)

    assert sorted(outcomes) == sorted(tray.taken)
    said = {number(recipient): reply for recipient, reply in play.dots}
    promised = set(tray.promised)
    assert len([recipient for recipient, _ in play.dots if number(recipient) in promised]) == len(promised & set(said))
    for key in promised & set(said):
        assert key in dotted_at[key]
        clear = {"2": Fate.TAKEN, "4": Fate.LATER, "5": Fate.NEVER}.get(said[key][0], Fate.DOUBT)
        assert outcomes[key].fate in {clear, Fate.DOUBT}
    for key, outcome in outcomes.items():
        if outcome.fate in {Fate.TAKEN, Fate.DOUBT}:
            assert key in promised
        if outcome.fate is Fate.TAKEN:
            assert said[key].startswith("2")


def number(recipient: str) -> int:
    return int(recipient.removeprefix("ana").partition("@")[0])
