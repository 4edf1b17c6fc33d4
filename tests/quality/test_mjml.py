"""Our MJML is MJML: the program it comes from takes every letter in its strictest mode."""

import pytest

from tests.quality.letters import Specimen, every
from tests.quality.tools import judge

pytestmark = [pytest.mark.drill, pytest.mark.usefixtures("packages")]


def test_every_letter_is_strictly_valid() -> None:
    letters = {str(each): each.mjml() for each in every()}

    judged = judge(mjml=letters)

    assert judged.faults == {}
    assert judged.html_of_npm.keys() == letters.keys()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('<mj-text css-class="quiet"', '<mj-text colour="#000000" css-class="quiet"'),
        ('width="560px"', 'width="wide"'),
        ("<mj-section>", "<mj-section><mj-section></mj-section>"),
        ("<mj-column>", "<mj-pillar></mj-pillar><mj-column>"),
    ],
)
def test_what_is_not_valid_is_found(right: str, wrong: str) -> None:
    mjml = Specimen(template="sign_in").mjml()
    assert right in mjml

    assert judge(mjml={"wrong": mjml.replace(right, wrong, 1)}).faults.keys() == {"wrong"}
