"""A validator of HTML finds nothing in any letter but what `allowed.toml` gives a reason for."""

from collections import Counter

import pytest

from tests.quality import allowed
from tests.quality.conftest import Tell
from tests.quality.letters import Specimen, every, sample
from tests.quality.tools import judge

pytestmark = [pytest.mark.drill, pytest.mark.usefixtures("packages")]


def test_the_html_of_every_letter_is_valid() -> None:
    letters = {str(each): each.letter().html for each in every()}

    assert judge(html=letters, allowed=allowed.HTML).messages == {}


def test_nothing_is_allowed_that_no_letter_needs(tell: Tell) -> None:
    letters = list(sample())

    said = judge(html={str(each): each.letter().html for each in letters}).messages
    counts = Counter(rule for messages in said.values() for rule, _ in messages)

    title = "html-validate: what is allowed, and how often a letter has it"
    tell(title, [f"{rule:<24} {count / len(letters):6.1f}" for rule, count in counts.most_common()])
    assert counts.keys() == allowed.HTML.keys()


def test_what_is_not_valid_is_found() -> None:
    html = Specimen(template="sign_in").letter().html.replace("</a>", "</b>", 1)

    rules = {rule for rule, _ in judge(html={"wrong": html}, allowed=allowed.HTML).messages["wrong"]}
    assert "close-order" in rules
