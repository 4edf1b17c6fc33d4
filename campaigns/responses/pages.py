"""The customer's door: looking at a page is only looked at, and what is sent from it is an answer."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaigns import clock
from campaigns.door import house
from campaigns.errors import InvalidToken
from campaigns.links import RATE, SURVEY
from campaigns.queues import QueueName
from campaigns.responses.answering import Step, accept_answer, answer_so_far, note_look
from campaigns.responses.asked import Asked, find_asked
from campaigns.responses.hit import LinkName
from campaigns.responses.letterhead import MOST_FORM_BYTES, comes_from_elsewhere, dress, page, this_visit
from campaigns.responses.look import DIGEST, SCRIPT, stylesheet
from campaigns.responses.sheet import typed
from campaigns.responses.survey_page import Paper, closed_page, form_page, page_for
from campaigns.responses.trust import Level
from campaigns.responses.visit import PageClaim
from campaigns.tokens import Purpose

LONGEST_OPEN = timedelta(hours=24)  # a page left open longer asks for one more press
A_YEAR = 31_536_000  # seconds
TRAILING = "/.,;:)>"  # what mail programs take for a part of an address

blueprint = Blueprint("responses", __name__, template_folder="templates")
dress(blueprint)


@blueprint.get(RATE, provide_automatic_options=False)
def look_at_rating(token: str, score: str) -> Response:
    return _look(token, LinkName.RATE, score.strip(TRAILING))


@blueprint.get(SURVEY, provide_automatic_options=False)
def look_at_survey(token: str) -> Response:
    return _look(token, LinkName.SURVEY, "")


@blueprint.post(RATE, provide_automatic_options=False)
def rate(token: str, score: str) -> ResponseReturnValue:
    return _answer(token, LinkName.RATE, score)


@blueprint.post(SURVEY, provide_automatic_options=False)
def answer(token: str) -> ResponseReturnValue:
    return _answer(token, LinkName.SURVEY, "")


def look_at_remains(rest: str = "") -> Response:
    """A link that lost its end, or caught a full stop, on its way: it opens as far as it still names a letter."""
    token, _, score = rest.partition("/")
    return _look(token.strip(TRAILING), LinkName.RATE, score.strip(TRAILING))


for place in ("/r/", "/s/"):
    blueprint.add_url_rule(place, f"nothing {place}", look_at_remains)
    blueprint.add_url_rule(f"{place}<path:rest>", f"remains {place}", look_at_remains)


@blueprint.route(RATE, methods=["OPTIONS"], provide_automatic_options=False)
@blueprint.route(SURVEY, methods=["OPTIONS"], provide_automatic_options=False)
def options(token: str, score: str = "") -> ResponseReturnValue:
    return "", HTTPStatus.NO_CONTENT, {"Allow": "GET, HEAD, POST, OPTIONS"}


@blueprint.get("/look/<digest>/<colour>.css")
def style(digest: str, colour: str) -> Response:
    return _kept(stylesheet(f"#{colour}"), "text/css; charset=utf-8", digest)


@blueprint.get("/look/<digest>/survey.js")
def script(digest: str) -> Response:
    return _kept(SCRIPT, "text/javascript; charset=utf-8", digest)


def _look(token: str, link: LinkName, clicked: str) -> Response:
    now = clock.now()
    message_id = house().tokens.read_id(Purpose.ANSWER, token)
    visit, client = this_visit(PageClaim())
    with house().database.transaction() as session:
        asked = find_asked(session, message_id)
        score = _score(asked, clicked)
        note_look(session, asked, Step(link=link, visit=visit, client=client, at=now), score)
        so_far = answer_so_far(session, asked)
    return page_for(Paper(asked, token, now), link, score, so_far)


def _answer(token: str, link: LinkName, clicked: str) -> ResponseReturnValue:
    now = clock.now()
    request.max_form_memory_size = MOST_FORM_BYTES
    message_id = house().tokens.read_id(Purpose.ANSWER, token)
    with house().database.reading() as session:
        asked = find_asked(session, message_id)
        so_far = answer_so_far(session, asked)
    on_path = _score(asked, clicked)
    score = _score(asked, request.form.get("score", "")) if "score" in request.form else on_path
    if comes_from_elsewhere():
        return page("sorry.html", asked, HTTPStatus.FORBIDDEN, why="elsewhere")
    if not asked.is_open(now):
        return closed_page(asked, so_far, HTTPStatus.GONE)
    age = _page_age(message_id, now)
    if score is None or age is None or age > LONGEST_OPEN:
        problem = "unchosen" if score is None else "stale"
        return form_page(Paper(asked, token, now), score, typed(asked.survey, request.form.getlist), problem=problem)
    _accept(asked, link, score, age, now)
    if "level" in request.form:
        return "", HTTPStatus.NO_CONTENT
    return redirect(url_for("responses.look_at_survey", token=token), HTTPStatus.SEE_OTHER)


def _accept(asked: Asked, link: LinkName, score: int, age: timedelta, now: datetime) -> None:
    form = request.form
    claim = None
    if "level" in form:
        claim = Level.CONFIRMED if form["level"] == Level.CONFIRMED else Level.PROVISIONAL
    visit, client = this_visit(PageClaim(claim=claim, is_webdriver=form.get("webdriver") == "1", age=age))
    answers = None if claim else asked.survey.read(score, form.getlist)
    with house().database.transaction() as session:
        accept_answer(session, asked, Step(link=link, visit=visit, client=client, at=now), score, answers)
    house().bell.ring(QueueName.RESPONSES)


def _score(asked: Asked, text: str) -> int | None:
    """Return the score a link or a form names, None where it names none; raises InvalidToken off the scale."""
    if not text:
        return None
    if text not in {str(score) for score in asked.survey.scale.scores}:
        raise InvalidToken
    return int(text)


def _page_age(message_id: int, now: datetime) -> timedelta | None:
    """Return how long ago we showed the page this form comes from; None where we showed none."""
    try:
        owner, shown_at = house().tokens.read_list(Purpose.PAGE, request.form.get("nonce", ""), 2)
    except InvalidToken:
        return None
    return now - datetime.fromtimestamp(shown_at / 1000, UTC) if owner == message_id else None


def _kept(text: str, kind: str, digest: str) -> Response:
    response = Response(text, content_type=kind)
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if digest == DIGEST else "no-cache"
    return response
