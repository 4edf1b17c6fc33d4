"""Rules are read from a file, named by a version, and a mistake in it is named."""

from datetime import timedelta

import pytest

from campaigns.errors import InvalidRules
from campaigns.responses.signs.reason import Suspicion
from campaigns.responses.signs.rules import RULES, WEIGHTS, read_rules, rules_of
from tests.responses.signs.cast import codes, told, verdict


def test_an_empty_file_is_the_built_in_rules() -> None:
    assert read_rules("") == (RULES, {})


def test_a_file_says_what_is_different() -> None:
    text = 'version = "june"\nhold = "PT1H"\nburst_within = 90\ntraps = ["unsubscribe"]\n[weights]\nfast = 0\n'

    rules, said = read_rules(text)

    assert (rules.version, rules.hold, rules.burst_within) == ("june", timedelta(hours=1), timedelta(seconds=90))
    assert rules.traps == {"unsubscribe"}
    assert rules.weights == {**WEIGHTS, Suspicion.FAST: 0}
    assert rules_of(said) == rules, "what was kept says the same again"


def test_rules_without_a_version_are_named_by_what_they_say() -> None:
    one, same, other = (read_rules(text)[0].version for text in ("hold = 60", "hold  =  60", "hold = 61"))

    assert one == same != other
    assert one.startswith(f"{RULES.version}+")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("hold =", "TOML"),
        ("holds = 9", "holds is not a rule"),
        ('hold = "soon"', "hold is 'soon'"),
        ("hold = 999999", "hold is 999999"),
        ("hold = true", "hold is True"),
        ("suspect_from = -1", "suspect_from is -1"),
        ("suspect_from = 1.5", "suspect_from is 1.5"),
        ('traps = "unsubscribe"', "traps is 'unsubscribe'"),
        ("weights = 3", "weights is 3"),
        ("weights = { fat = 1 }", "weights is {'fat': 1}"),
        ('version = ""', "version is ''"),
    ],
)
def test_a_mistake_is_named(text: str, named: str) -> None:
    with pytest.raises(InvalidRules, match=r"^rules.toml: ") as raised:
        read_rules(text, "rules.toml")

    assert named in str(raised.value)


def test_other_weights_judge_otherwise() -> None:
    strict = read_rules("weights = { fast = 3 }")[0]

    assert verdict(told(5)).level == "provisional"
    assert verdict(told(5), rules=strict).level == "suspect"
    assert codes(verdict(told(5), rules=strict)) == {"fast"}
