"""The way out: GET asks, POST acts, nothing expires, and no answer ever redirects or sets a cookie (RFC 8058)."""

from http import HTTPStatus

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from campaigns import clock
from campaigns.door import house, remembered
from campaigns.errors import InvalidToken
from campaigns.links import UNSUBSCRIBE
from campaigns.responses.answering import Desk
from campaigns.responses.asked import Asked
from campaigns.responses.hit import LinkName
from campaigns.responses.judging import Step
from campaigns.responses.letterhead import dress, page, this_visit
from campaigns.responses.unsubscribe import Wish, has_unsubscribed, unsubscribe_all
from campaigns.responses.visit import PageClaim
from campaigns.tokens import Purpose

ONE_CLICK = ("List-Unsubscribe", "One-Click")

blueprint = Blueprint("unsubscribe", __name__, template_folder="templates")
dress(blueprint)


@blueprint.get(UNSUBSCRIBE, provide_automatic_options=False)
def ask(token: str) -> Response:
    message_id = house().tokens.read_letter(token, Purpose.UNSUBSCRIBE)
    visit, client = this_visit(PageClaim())
    step = Step(message_id=message_id, link=LinkName.UNSUBSCRIBE, visit=visit, client=client, at=clock.now())
    seen = house().database.together(remembered(Desk).note_looks, step)
    if seen is None:
        raise InvalidToken
    with house().database.reading() as session:
        is_done = has_unsubscribed(session, seen.asked)
    return _page(seen.asked, HTTPStatus.OK, is_done=is_done)


@blueprint.get("/u/", defaults={"rest": ""})
@blueprint.get("/u/<path:rest>")
def ask_at_remains(rest: str) -> Response:
    return ask(rest.rstrip("/.,;:)>"))


@blueprint.post(UNSUBSCRIBE, provide_automatic_options=False)
def act(token: str) -> ResponseReturnValue:
    message_id = house().tokens.read_letter(token, Purpose.UNSUBSCRIBE)
    is_one_click, is_confirmed = _is_one_click(), request.form.get("confirm") == "yes"
    try:
        asked = _act(message_id, acts=is_one_click or is_confirmed)
    except OperationalError:  # the victim of a deadlock gives way once; whoever it gave way to is done by then
        asked = _act(message_id, acts=is_one_click or is_confirmed)
    if is_one_click:
        return "", HTTPStatus.OK, {"Content-Type": "text/plain; charset=utf-8"}
    if is_confirmed:
        return _page(asked, HTTPStatus.OK, is_done=True)
    return _page(asked, HTTPStatus.BAD_REQUEST, is_done=False, problem="unread")


@blueprint.route(UNSUBSCRIBE, methods=["OPTIONS"], provide_automatic_options=False)
def options(token: str) -> ResponseReturnValue:
    return "", HTTPStatus.NO_CONTENT, {"Allow": "GET, HEAD, POST, OPTIONS"}


def _page(asked: Asked, status: int, *, is_done: bool, problem: str = "") -> Response:
    own = url_for("person.look_at_own", token=house().links.letter_token(asked.message_id))
    return page("unsubscribe.html", asked, status, is_done=is_done, problem=problem, own=own)


def _act(message_id: int, *, acts: bool) -> Asked:
    with house().database.reading() as session:
        asked = remembered(Desk).letter(session, message_id)
    if acts:
        house().database.together(unsubscribe_all, Wish(asked, clock.now()))
        house().database.be_honoured()
    return asked


def _is_one_click() -> bool:
    """Whether the body is the pair that RFC 8058 names: multipart, urlencoded, or with its type forgotten."""
    name, value = ONE_CLICK
    body = request.get_data()
    return request.form.get(name) == value or body.strip() == f"{name}={value}".encode()
