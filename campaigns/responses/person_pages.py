"""The customer's own page: behind the link of their letter, whenever they come back; GET shows, POST acts."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.audience.asking import Asking
from campaigns.door import house, remembered
from campaigns.enrollment.message import messages_of
from campaigns.enrollment.note import notes_on
from campaigns.enrollment.states import PENDING
from campaigns.languages import speak
from campaigns.responses.answering import Desk
from campaigns.responses.asked import Asked
from campaigns.responses.copy import copy_of
from campaigns.responses.judging import LONGEST_OPEN
from campaigns.responses.letterhead import comes_from_elsewhere, dress, page, page_age
from campaigns.responses.person import NOTES, choose, forget_reader, say_too_early, standing_of, withdraw
from campaigns.responses.sheet import lay_out
from campaigns.responses.survey_page import Paper, closed_page, form_page, rating_words_of
from campaigns.responses.trust import Folded, Level
from campaigns.tokens import Purpose

OWN, LATER, MORE = "/s/<token>/you", "/s/<token>/later", "/s/<token>/more"
Act = Callable[[Session, Asked], object]

blueprint = Blueprint("person", __name__, template_folder="templates")
dress(blueprint)


@blueprint.get(OWN)
def look_at_own(token: str) -> Response:
    return _own(_paper(token))


@blueprint.get(f"{OWN}/<any(withdraw, erase):step>")
def look_before(token: str, step: str) -> Response:
    return _confirm(_paper(token), step)


@blueprint.get(f"{OWN}/answer.json")
def download(token: str) -> Response:
    paper = _paper(token)
    with house().database.reading() as session:
        answer = jsonify(copy_of(session, paper.asked, _so_far(session, paper.asked)))
    answer.headers["Content-Disposition"] = "attachment; filename=answer.json"
    return answer


@blueprint.post(f"{OWN}/asking")
def choose_asking(token: str) -> ResponseReturnValue:
    wish = request.form.get("asking", "")
    paper = _paper(token)
    if wish not in list(Asking):
        return _own(paper, problem="unchosen")
    refused = _refusal(paper, lambda: _own(paper, problem="stale"))
    return refused or _act(paper, lambda rows, asked: choose(rows, asked, Asking(wish), paper.now), ".look_at_own")


@blueprint.post(f"{OWN}/<any(withdraw, erase):step>")
def take_step(token: str, step: str) -> ResponseReturnValue:
    paper = _paper(token)
    does = withdraw if step == "withdraw" else forget_reader
    refused = _refusal(paper, lambda: _confirm(paper, step, problem="stale"))
    return refused or _act(paper, lambda rows, asked: does(rows, asked, paper.now), ".look_at_own")


@blueprint.get(LATER)
def look_at_later(token: str) -> ResponseReturnValue:
    paper = _paper(token)
    with house().database.reading() as session:
        said = next((each for each in notes_on(session, [paper.asked.enrollment_id]) if each.kind in NOTES), None)
        letters = messages_of(session, [paper.asked.enrollment_id])
    if said is None:
        return redirect(url_for("responses.look_at_survey", token=token), HTTPStatus.SEE_OTHER)
    due = next((each.due_at for each in letters if each.state in PENDING), None)
    asked, language = paper.asked, speak(paper.asked.locale)
    return page(
        "later.html",
        asked,
        token=token,
        kind=said.kind,
        due=language.date(due, asked.timezone) if due else "",
        until=language.date(asked.closes_at, asked.timezone) if asked.closes_at else "",
    )


@blueprint.post(LATER)
def ask_later(token: str) -> ResponseReturnValue:
    paper, kind = _paper(token), NOTES.get(request.form.get("why", ""))
    if not paper.asked.is_open(paper.now):
        with house().database.reading() as session:
            return closed_page(paper, _so_far(session, paper.asked), HTTPStatus.GONE)
    if kind is None:
        return form_page(paper, None, {}, problem="stale")
    refused = _refusal(paper, lambda: form_page(paper, None, {}, problem="stale"))
    return refused or _act(paper, lambda rows, asked: say_too_early(rows, asked, kind, paper.now), ".look_at_later")


@blueprint.get(MORE)
def look_at_more(token: str) -> Response:
    """The survey with what was answered filled in, and with what those answers brought up."""
    paper = _paper(token)
    with house().database.reading() as session:
        so_far = _so_far(session, paper.asked)
    if not paper.asked.is_open(paper.now):
        return closed_page(paper, so_far, HTTPStatus.OK)
    if so_far is None or so_far.level is not Level.CONFIRMED:
        return form_page(paper, None, {})
    return form_page(paper, so_far.score, so_far.answers)


def _paper(token: str) -> Paper:
    message_id = house().tokens.read_letter(token, Purpose.ANSWER)
    with house().database.reading() as session:
        return Paper(remembered(Desk).letter(session, message_id), token, clock.now())


def _so_far(session: Session, asked: Asked) -> Folded | None:
    return remembered(Desk).answer_so_far(session, asked)


def _refusal(paper: Paper, again: Callable[[], Response]) -> Response | None:
    """Return the answer to a form that is not from a page we have shown today; `again` shows it anew."""
    if comes_from_elsewhere():
        return page("sorry.html", paper.asked, HTTPStatus.FORBIDDEN, why="elsewhere")
    age = page_age(paper.asked.message_id, paper.now)
    return again() if age is None or age > LONGEST_OPEN else None


def _act(paper: Paper, act: Act, then: str) -> ResponseReturnValue:
    """Do what a page was sent for, and show what came of it."""
    try:
        with house().database.transaction() as session:
            act(session, paper.asked)
    except OperationalError:  # the victim of a deadlock gives way once; whoever it gave way to is done by then
        with house().database.transaction() as session:
            act(session, paper.asked)
    house().database.be_honoured()
    return redirect(url_for(then, token=paper.token), HTTPStatus.SEE_OTHER)


def _own(paper: Paper, problem: str = "") -> Response:
    asked = paper.asked
    with house().database.reading() as session:
        standing, so_far = standing_of(session, asked), _so_far(session, asked)
    return page("own.html", asked, _status(problem), standing=standing, problem=problem, **_told(paper, so_far))


def _confirm(paper: Paper, step: str, problem: str = "") -> Response:
    return page("confirm.html", paper.asked, _status(problem), step=step, problem=problem, **_told(paper, None))


def _told(paper: Paper, so_far: Folded | None) -> dict[str, Any]:
    asked = paper.asked
    is_told = so_far is not None and so_far.level is Level.CONFIRMED
    return {
        "token": paper.token,
        "nonce": paper.nonce,
        "is_open": asked.is_open(paper.now),
        "words": rating_words_of(asked),
        "words_of": lambda scale: rating_words_of(asked, scale),
        "sheet": lay_out(asked.survey, speak(asked.locale).tag, so_far.score, so_far.answers)
        if is_told and so_far
        else None,
    }


def _status(problem: str) -> int:
    return HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK
