"""A ready-made question is asked by its name, in every language, and none of them pushes."""

import json

import pytest
from babel.support import NullTranslations
from flask import Flask

from campaigns.catalog.bank.expand import expand
from campaigns.catalog.bank.ready import Ready
from campaigns.catalog.bank.shelf import TOPICS, on_shelf
from campaigns.catalog.campaign_file import parse_campaign, read_definition
from campaigns.catalog.survey import QuestionKind
from campaigns.catalog.wording import look_over
from campaigns.cli import add_commands
from campaigns.errors import InvalidCampaign
from campaigns.languages import Language, speak
from campaigns.tags import CATALOGUES

FILE = 'name = "After delivery"\n'
SHELF = sorted(on_shelf().items())
BOOKS = sorted(CATALOGUES.glob("*/LC_MESSAGES/bank.po"))


class Reversed(NullTranslations):
    """A language that says everything backwards, but has no word for Yes."""

    def gettext(self, message: str) -> str:
        return message if message == "Yes" else message[::-1]


def fail(key: str, found: str, allowed: str) -> InvalidCampaign:
    return InvalidCampaign(f"{key} {found}; {allowed}.")


def spoken(tag: str) -> Language:
    english = speak("en")
    return Language(tag=tag, direction="ltr", locale=english.locale, translations=Reversed())


@pytest.mark.parametrize(("name", "ready"), SHELF)
def test_every_ready_made_question_is_neutral(name: str, ready: Ready) -> None:
    assert look_over(ready.text) == ()


@pytest.mark.parametrize(("name", "ready"), SHELF)
def test_every_ready_made_question_is_one_a_campaign_can_ask(name: str, ready: Ready) -> None:
    [question] = parse_campaign(f'{FILE}[[question]]\nbank = "{name}"').survey.questions

    assert question.text["en"] == ready.text
    assert [tag for tag, words in question.text.items() if look_over(words, tag)] == []
    assert (question.kind, question.tag, len(question.options)) == (ready.kind, ready.tag, len(ready.options))
    assert question.key == name.partition(".")[2]


def test_every_topic_of_a_shop_and_every_dimension_of_service_quality_is_there() -> None:
    assert set(TOPICS) == {"retail", "food", "services", "digital", "support", "servqual"}
    assert [ready.tag for ready in TOPICS["servqual"].values()] == [
        "tangibles",
        "reliability",
        "responsiveness",
        "assurance",
        "empathy",
    ]


def test_a_question_is_written_out_in_every_language_that_has_it() -> None:
    data = {"name": "A", "question": [{"bank": "support.solved", "when": "score <= 3"}]}

    [table] = expand(data, fail, [speak("en"), spoken("xx")])["question"]

    assert table["text"] == {"en": "Was your request solved?", "xx": "?devlos tseuqer ruoy saW"}
    assert table["options"][0] == {"key": "yes", "text": {"en": "Yes"}}
    assert table["options"][1]["text"] == {"en": "In part", "xx": "trap nI"}
    assert (table["when"], "bank" in table) == ("score <= 3", False)


def test_a_version_keeps_the_words_and_not_the_name() -> None:
    found = parse_campaign(f'{FILE}[[question]]\nbank = "servqual.empathy"\nkey = "care"\ntext.de = "Wie war es?"')

    [question] = found.survey.questions
    assert (question.key, question.tag, question.text["de"]) == ("care", "empathy", "Wie war es?")
    assert question.text["en"].startswith("How would you rate our attention")
    assert read_definition(found.source) == found
    assert "bank" not in json.dumps(found.source)


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        ('bank = "retail.moon"', "question 1, bank is 'retail.moon'; `flask --app wsgi question list` names them all"),
        ("bank = 3", "question 1, bank is 3;"),
        (
            'bank = "food.taste"\nkind = "text"',
            "question 1, kind stands beside bank; beside it may stand key, tag, text",
        ),
        ('bank = "food.taste"\ntag = "Very Good"', "question 1, tag is 'Very Good'; it is a word of small letters"),
        ('bank = "food.taste"\n[[question]]\nbank = "food.taste"', "question 2, key is 'taste' a second time"),
    ],
)
def test_a_mistake_in_a_file_is_named(question: str, complaint: str) -> None:
    with pytest.raises(InvalidCampaign) as caught:
        parse_campaign(f"{FILE}[[question]]\n{question}", "shop.toml")

    assert str(caught.value).startswith(f"shop.toml: {complaint}")


def test_the_shelf_is_read_from_the_terminal(app: Flask) -> None:
    add_commands(app)
    shell = app.test_cli_runner()

    told = shell.invoke(args=["question", "list", "--topic", "food"]).output
    listed = json.loads(shell.invoke(args=["question", "list", "--json"]).output)["questions"]

    assert "food.portion  (choice)\n    How was the size of the portion?\n    small: Too small" in told
    assert "retail" not in told
    assert {each["bank"] for each in listed} == set(on_shelf())
    assert {each["kind"] for each in listed} == set(QuestionKind)
