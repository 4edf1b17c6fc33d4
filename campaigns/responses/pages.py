"""The customer's door: looking at a page is only looked at, and what is sent from it is an answer."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaigns import clock
from campaigns.door import house, remembered
from campaigns.errors import InvalidToken
from campaigns.links import RATE, SURVEY
from campaigns.queues import QueueName
from campaigns.responses.answering import Desk
from campaigns.responses.hit import LinkName
from campaigns.responses.judging import Form, Judged, Step, Verdict, answers_in
from campaigns.responses.letterhead import MOST_FORM_BYTES, comes_from_elsewhere, dress, page, page_age, this_visit
from campaigns.responses.look import DIGEST, SCRIPT, stylesheet
from campaigns.responses.sheet import revealed, typed
from campaigns.responses.survey_page import Paper, closed_page, form_page, page_for
from campaigns.responses.trust import Level
from campaigns.responses.visit import PageClaim
from campaigns.tokens import Purpose

A_YEAR = 31_536_000  # seconds
PARTIAL, ASKED = "-partial", "-asked"  # fields of the form itself: no question's key begins so
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


@blueprint.get("/look/<digest>/<name>.css")
def style(digest: str, name: str) -> Response:
    return _kept(stylesheet(name), "text/css; charset=utf-8", digest)


@blueprint.get("/look/<digest>/survey.js")
def script(digest: str) -> Response:
    return _kept(SCRIPT, "text/javascript; charset=utf-8", digest)


def _look(token: str, link: LinkName, clicked: str) -> Response:
    now = clock.now()
    message_id = house().tokens.read_letter(token, Purpose.ANSWER)
    visit, client = this_visit(PageClaim())
    step = Step(message_id=message_id, link=link, clicked=clicked, visit=visit, client=client, at=now)
    seen = house().database.together(remembered(Desk).note_looks, step)
    if seen is None:
        raise InvalidToken
    return page_for(Paper(seen.asked, token, now), link, seen.score, seen.so_far)


def _answer(token: str, link: LinkName, clicked: str) -> ResponseReturnValue:
    request.max_form_memory_size = MOST_FORM_BYTES
    message_id = house().tokens.read_letter(token, Purpose.ANSWER)
    form = _form(message_id, link, clicked)
    judged = house().database.together(remembered(Desk).accept_answers, form)
    if judged is None:
        raise InvalidToken
    if judged.verdict is not Verdict.KEPT:
        return _page_instead(judged, Paper(judged.seen.asked, token, form.step.at))
    house().bell.ring_soon(QueueName.RESPONSES)
    house().database.be_honoured()
    if "level" in request.form:
        return "", HTTPStatus.NO_CONTENT
    door = "person.look_at_more" if _asks_further(judged, form) else "responses.look_at_survey"
    return redirect(url_for(door, token=token), HTTPStatus.SEE_OTHER)


def _asks_further(judged: Judged, form: Form) -> bool:
    """Whether the answers brought up a question that a page without a script could not show."""
    asked, score = request.form.get(ASKED), judged.seen.score
    answers = answers_in(judged.seen, form)
    if asked is None or score is None or answers is None:
        return False
    return bool(revealed(judged.seen.asked.survey, score, answers, asked.split()))


def _form(message_id: int, link: LinkName, clicked: str) -> Form:
    """Read the form of this request; another thread may be the one that keeps it."""
    now, fields = clock.now(), request.form
    claim = None
    if "level" in fields:
        claim = Level.CONFIRMED if fields["level"] == Level.CONFIRMED else Level.PROVISIONAL
    by_hand = False if fields.get("gesture") == "none" else None  # only a script that saw no hand says so
    is_webdriver = fields.get("webdriver") == "1"
    page = PageClaim(claim=claim, is_webdriver=is_webdriver, age=page_age(message_id, now), by_hand=by_hand)
    visit, client = this_visit(page)
    step = Step(message_id=message_id, link=link, clicked=clicked, visit=visit, client=client, at=now)
    return Form(
        step=step,
        is_foreign=comes_from_elsewhere(),
        score=fields.get("score"),
        sent=fields.getlist,
        is_partial=PARTIAL in fields,
    )


def _page_instead(judged: Judged, paper: Paper) -> Response:
    """Answer to a form that is not kept."""
    asked, verdict = paper.asked, judged.verdict
    if verdict is Verdict.ELSEWHERE:
        return page("sorry.html", asked, HTTPStatus.FORBIDDEN, why="elsewhere")
    if verdict is Verdict.CLOSED:
        with house().database.reading() as session:
            so_far = remembered(Desk).answer_so_far(session, asked)
        return closed_page(paper, so_far, HTTPStatus.GONE)
    written = typed(asked.survey, request.form.getlist)
    return form_page(paper, judged.seen.score, written, problem=verdict.value)


def _kept(text: str, kind: str, digest: str) -> Response:
    response = Response(text, content_type=kind)
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if digest == DIGEST else "no-cache"
    return response
