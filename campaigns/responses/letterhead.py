"""Every page a customer sees has one head: their language, the merchant's look, no cookie, nothing from elsewhere."""

import logging
from datetime import UTC, datetime, timedelta
from functools import cache
from http import HTTPStatus

from flask import Blueprint, Response, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from campaigns.door import add_missing, house
from campaigns.errors import InvalidToken
from campaigns.languages import Language, speak
from campaigns.networks import caller
from campaigns.responses.asked import Asked
from campaigns.responses.look import DIGEST
from campaigns.responses.trust import Visit
from campaigns.responses.visit import Caller, PageClaim, client_of, is_foreign, read_visit
from campaigns.tags import choose
from campaigns.tokens import Purpose

log = logging.getLogger(__name__)

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data: 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
MOST_FORM_BYTES = 1_000_000  # 4,000 characters of any script take a tenth of it


def page(template: str, asked: Asked | None, status: int = HTTPStatus.OK, **values: object) -> Response:
    return answer(words(template, asked, **values), status)


def answer(page: str, status: int) -> Response:
    return Response(page, status=status, content_type="text/html; charset=utf-8")


def words(template: str, asked: Asked | None, **values: object) -> str:
    """Write a page: in the language of the letter, or of the visitor where there is no letter."""
    language = visitors_language() if asked is None else speak(asked.locale)
    return render_template(
        f"customer/{template}",
        language=language,
        _=language.gettext,
        ngettext=language.ngettext,
        merchant=asked.merchant_name if asked else "",
        digest=DIGEST,
        look=asked.look if asked else "plain",
        **values,
    )


def visitors_language() -> Language:
    return speak(choose(*request.accept_languages.values()))


def this_visit(claim: PageClaim) -> tuple[Visit, str]:
    """Return who makes this request, as far as it shows, and what tells them apart from others."""
    settings = house().settings
    address = caller(request.remote_addr or "", header("X-Forwarded-For"), settings.callers.proxies)
    who = Caller(address=address, secret=settings.secret_keys[0], listed=settings.callers.listed)
    visit = read_visit(request.method, header, claim, who)
    return visit, client_of(address, visit.user_agent, who.secret)


def page_age(message_id: int, now: datetime) -> timedelta | None:
    """Return how long ago we showed the page this form comes from; None where we showed none."""
    try:
        owner, shown_at = house().tokens.read_list(Purpose.PAGE, request.form.get("nonce", ""), 2)
    except InvalidToken:
        return None
    return now - datetime.fromtimestamp(shown_at / 1000, UTC) if owner == message_id else None


def comes_from_elsewhere() -> bool:
    ours = {request.host, house().links.base_url.split("://", 1)[-1].split("/", 1)[0]}
    return is_foreign(header, ours)


def header(name: str) -> str:
    value: str = request.environ.get(_in_environ(name), "")
    return value


@cache
def _in_environ(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}"


def dress(blueprint: Blueprint) -> None:
    """Give a door the head of every customer's page, and kind words for what can go wrong."""
    blueprint.after_request(_finish)
    blueprint.register_error_handler(InvalidToken, _unknown)
    blueprint.register_error_handler(SQLAlchemyError, _broken)
    blueprint.register_error_handler(HTTPException, _refused)


def _finish(response: Response) -> Response:
    add_missing(response, HEADERS)
    return response


def _unknown(_: InvalidToken) -> Response:
    return page("sorry.html", None, HTTPStatus.NOT_FOUND, why="unknown")


def _broken(error: SQLAlchemyError) -> Response:
    # What a database says of a failure repeats the values it was given, and those are answers.
    log.error("a customer's page failed: %s", type(error).__name__)
    return page("sorry.html", None, HTTPStatus.INTERNAL_SERVER_ERROR, why="broken")


def _refused(error: HTTPException) -> Response:
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return page("sorry.html", None, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, why="too_large")
    return page("sorry.html", None, error.code or HTTPStatus.BAD_REQUEST, why="unknown")
