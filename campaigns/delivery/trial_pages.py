"""Where the links of a test letter lead: a page that says what would happen, for a customer; here nothing does."""

from http import HTTPStatus

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from campaigns.catalog.campaign import Campaign
from campaigns.catalog.survey import Survey, say
from campaigns.catalog.version import CampaignVersion, get_version
from campaigns.door import house
from campaigns.errors import InvalidToken
from campaigns.links import TRIAL
from campaigns.tags import SOURCE
from campaigns.tokens import Purpose

TRAILING = "/.,;:)>"  # what mail programs take for a part of an address

blueprint = Blueprint("trial", __name__, template_folder="templates")


@blueprint.get(TRIAL)
def survey(token: str) -> ResponseReturnValue:
    return _page(token, "survey")


@blueprint.get(f"{TRIAL}/<score>")
def rate(token: str, score: str) -> ResponseReturnValue:
    return _page(token, "rate", score.strip(TRAILING))


@blueprint.get(f"{TRIAL}/unsubscribe")
def unsubscribe(token: str) -> ResponseReturnValue:
    return _page(token, "unsubscribe")


@blueprint.post(f"{TRIAL}/unsubscribe")
def unsubscribe_in_one_click(token: str) -> ResponseReturnValue:
    """Take a mail program's one-click request (RFC 8058), as for a real letter, and do nothing."""
    house().tokens.read_id(Purpose.TRIAL, token)
    return "", HTTPStatus.OK, {"Content-Type": "text/plain; charset=utf-8"}


def _page(token: str, link: str, clicked: str = "") -> ResponseReturnValue:
    version_id = house().tokens.read_id(Purpose.TRIAL, token)
    asked = _asked(version_id) if version_id else None
    if asked is None:
        if clicked and not (clicked.isascii() and clicked.isdigit() and len(clicked) <= 2):
            raise InvalidToken
        return render_template("preview/trial.html", link=link, score=clicked, name="", questions=None)
    name, survey = asked
    if clicked and clicked not in {str(score) for score in survey.scale.scores}:
        raise InvalidToken
    facts = {"score": int(clicked)} if clicked else {}
    questions = [say(question.text, SOURCE)[0] for question in survey.shown(facts)]
    more = len(survey.questions) > len(questions)
    return render_template(
        "preview/trial.html", link=link, score=clicked, name=name, questions=questions, more=more, scale=survey.scale
    )


def _asked(version_id: int) -> tuple[str, Survey] | None:
    """Return the name of a version's campaign and what it asks; None where it is not in this database."""
    with house().database.reading() as session:
        if session.get(CampaignVersion, version_id) is None:
            return None
        version = get_version(session, version_id)
        return session.get_one(Campaign, version.campaign_id).name, version.definition.survey
