"""What is told of numbers is what was counted, in the words Prometheus itself reads."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from campaigns.exposition import SUM, Gauge, Meter, exposition

COUNTER = Meter(name="askwell_letters_total", help='Letters by "outcome".', labels=("outcome",))
BARE = Meter(name="askwell_bells_total", help="Bells.")
HISTOGRAM = Meter(name="askwell_claim_seconds", help="Claims, in seconds.", labels=("door",), bounds=(0.1, 1, 2.5))
words = st.text(st.characters(exclude_characters="\t\n\0", codec="utf-8"), max_size=9)
counts = st.integers(0, 10**9)


def read(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Let Prometheus's own library read it; returns each sample by its name and the values of its labels."""
    families = text_string_to_metric_families(text)
    return {(one.name, tuple(one.labels.values())): one.value for family in families for one in family.samples}


@given(st.dictionaries(words, counts))
def test_every_count_is_read_back_whatever_its_name(outcomes: dict[str, int]) -> None:
    totals = {f"{COUNTER.name}\t{outcome}": float(count) for outcome, count in outcomes.items()}

    found = read(exposition([COUNTER], totals, []))

    assert found == {(COUNTER.name, (outcome,)): count for outcome, count in outcomes.items()}


@given(st.dictionaries(words, st.lists(counts, min_size=4, max_size=4)))
def test_a_histogram_adds_up(doors: dict[str, list[int]]) -> None:
    totals: dict[str, float] = {}
    for door, numbers in doors.items():
        totals |= {f"{HISTOGRAM.name}\t{door}\t{step}": n for step, n in zip(HISTOGRAM.steps, numbers, strict=True)}
        totals[f"{HISTOGRAM.name}\t{door}\t{SUM}"] = 1.5

    found = read(exposition([HISTOGRAM], totals, []))

    for door, numbers in doors.items():
        below = [found[f"{HISTOGRAM.name}_bucket", (door, step)] for step in ("0.1", "1", "2.5", "+Inf")]
        assert below == [sum(numbers[: at + 1]) for at in range(4)]
        assert found[f"{HISTOGRAM.name}_count", (door,)] == sum(numbers)
        assert found[f"{HISTOGRAM.name}_sum", (door,)] == 1.5


def test_what_never_happened_is_zero_and_what_nobody_knows_is_left_out() -> None:
    gauge = Gauge(name="askwell_due", help="Due.", values={"": 3})

    found = read(exposition([BARE], {"askwell_older_total\tx": 7, "uncounted": 1}, [gauge]))

    assert found == {("askwell_bells_total", ()): 0, ("askwell_due", ()): 3}


def test_a_gauge_with_a_label_has_a_line_for_each() -> None:
    gauge = Gauge(name="askwell_waiting", help="Waiting.", label="kind", values={"answer": 2, "receipt": 0.5})

    assert read(exposition([], {}, [gauge])) == {
        ("askwell_waiting", ("answer",)): 2,
        ("askwell_waiting", ("receipt",)): 0.5,
    }
