"""The web application: hangs every door, and does only that."""

import logging
import traceback
from http import HTTPStatus
from types import TracebackType

from flask import Flask, Request, Response, jsonify, render_template, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from campaigns import probe_pages
from campaigns.delivery import pages as mailbox_pages
from campaigns.delivery import preview_pages, trial_pages
from campaigns.delivery.esp import webhook as events_webhook
from campaigns.door import add_missing, hang, house
from campaigns.errors import AskwellError, BadSignature, InvalidToken, NotFound, UnreadablePayload
from campaigns.house import House
from campaigns.intake import webhook
from campaigns.merchants import pages as merchants_pages
from campaigns.merchants.access import SIGNED_IN_FOR
from campaigns.reports import comment_pages, doubt_pages, held_pages, remedy_pages
from campaigns.reports import pages as reports_pages
from campaigns.responses import box_pages, person_pages, thanks_pages, unsubscribe_pages
from campaigns.responses import pages as responses_pages

# Asked by machines and by people who are not signed in: no cookie is ever set, so none can be abused.
CUSTOMERS = (responses_pages.blueprint, person_pages.blueprint, unsubscribe_pages.blueprint, thanks_pages.blueprint)
MACHINES = (probe_pages.blueprint, webhook.blueprint, events_webhook.blueprint)
PUBLIC = (*MACHINES, *CUSTOMERS, box_pages.blueprint, trial_pages.blueprint)
REPORTS = tuple(pages.blueprint for pages in (reports_pages, doubt_pages, comment_pages, held_pages, remedy_pages))
STAFF = (merchants_pages.blueprint, *REPORTS, preview_pages.blueprint)
DEVELOPMENT = (mailbox_pages.blueprint,)

WITHOUT_SESSION = ("/webhooks/", "/events/", "/r/", "/s/", "/u/", "/c/", "/t/", "/look/")  # where they knock

MOST_BYTES = 1_000_000  # of any request body; a webhook is the largest there is
FOR_MACHINES = ("/webhooks/", "/events/", "/api/")
HTTP_OF: dict[type[AskwellError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    InvalidToken: HTTPStatus.NOT_FOUND,
    BadSignature: HTTPStatus.UNAUTHORIZED,
    UnreadablePayload: HTTPStatus.BAD_REQUEST,
}
SENTENCES = {
    HTTPStatus.BAD_REQUEST: "Something in what was sent could not be read. Go back, look once more, and try again.",
    HTTPStatus.FORBIDDEN: "Your role does not include this. Somebody who owns this shop's account can change that.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address, or it is not yours to see.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not answer to that kind of request.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "That is more than one megabyte, and more than is read here.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something broke on our side. It was noted; nothing you did is lost.",
}
STALE_FORM = "This form was open for too long, or came from somewhere else. Go back, reload the page, and try again."
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
A_YEAR = 31_536_000  # seconds

log = logging.getLogger(__name__)
csrf = CSRFProtect()


class Sessions(SecureCookieSessionInterface):
    """Staff have sessions; shops and customers have none that a cookie could be set for."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return None if request.path.startswith(WITHOUT_SESSION) else super().open_session(app, request)


class Web(Flask):
    """Flask, but what it logs of an exception is where it was raised, never what it says:
    a database names the values it choked on, and those are people's."""

    session_interface = Sessions()

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        kind, _, where = exc_info
        log.error("a request failed with %s\n%s", kind and kind.__name__, "".join(traceback.format_tb(where)))


def create_app(house: House) -> Flask:
    """Make the WSGI application of a house."""
    app = Web(__name__)
    _configure(app, house)
    hang(app, house)
    csrf.init_app(app)
    for blueprint in PUBLIC:
        csrf.exempt(blueprint)
    for blueprint in PUBLIC + STAFF + (DEVELOPMENT if house.settings.is_development else ()):
        app.register_blueprint(blueprint)
    _hang_errors(app)
    app.after_request(_protect)
    return app


def _configure(app: Flask, house: House) -> None:
    settings = house.settings
    newest, *older = settings.secret_keys
    app.config.update(
        SECRET_KEY=newest,
        SECRET_KEY_FALLBACKS=older,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        SESSION_COOKIE_NAME="__Host-askwell" if settings.is_https else "askwell",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,  # or a customer's page would set a cookie for signed-in staff
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_FOR,
        WTF_CSRF_TIME_LIMIT=None,  # a dashboard stays open all day; the token lives as long as its session
        WTF_CSRF_SSL_STRICT=False,  # it wants a Referer, and we tell browsers to send none
    )


def _hang_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    for kind in HTTP_OF:
        app.register_error_handler(kind, _askwell_error)


def _askwell_error(error: AskwellError) -> Response:
    status = next(status for kind, status in HTTP_OF.items() if isinstance(error, kind))
    return _answer(Response(status=status), str(error))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error
    response = Response(status=error.code, headers=error.get_headers())  # Allow, Retry-After and their like
    return _answer(response, STALE_FORM if isinstance(error, CSRFError) else "")


def _answer(response: Response, sentence: str) -> Response:
    status = HTTPStatus(response.status_code)
    if request.path.startswith(FOR_MACHINES):
        response.data = jsonify(error=sentence or SENTENCES.get(status, f"{status.phrase}.")).data
        response.content_type = "application/json"
    else:
        kind = SENTENCES.get(status, f"{status.phrase}.")
        response.data = render_template(
            "error.html", status=status, sentence=sentence if sentence == STALE_FORM else kind
        )
        response.content_type = "text/html; charset=utf-8"
    return response


def _protect(response: Response) -> Response:
    """Say what a browser may do with an answer; a door that needs more has said so itself."""
    add_missing(response, HEADERS)
    if house().settings.is_https:
        add_missing(response, {"Strict-Transport-Security": f"max-age={A_YEAR}"})
    return response
