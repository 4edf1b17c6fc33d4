"""What every page of a comment box shares: its words, its look, and who may frame it."""

import logging
import secrets
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, g, render_template, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from campaigns import clock
from campaigns.door import add_missing, house
from campaigns.errors import InvalidToken
from campaigns.merchants.merchant import get_merchant
from campaigns.responses.box import Box, find_box
from campaigns.responses.box_look import BOX_DIGEST
from campaigns.responses.letterhead import answer, visitors_language
from campaigns.responses.look import look_name
from campaigns.responses.sifting import LONGEST_COMMENT
from campaigns.tokens import Purpose

log = logging.getLogger(__name__)

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {}"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Resource-Policy": "cross-origin",  # a shop that isolates itself may still show the box
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A box, and the merchant it speaks for."""

    box: Box
    merchant_name: str
    look: str  # look.look_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a form that is shown again has in it."""

    text: str = ""
    name: str = ""
    problem: str = ""


def sender_of(key: str) -> Sender:
    """Return whose box this is; raises InvalidToken where there is none."""
    with house().database.reading() as session:
        box = find_box(session, key)
        if box is None:
            raise InvalidToken
        merchant = get_merchant(session, box.merchant_id)
    look = look_name(merchant.accent, merchant.second, merchant.font)
    g.sender = Sender(box=box, merchant_name=merchant.name, look=look)
    sender: Sender = g.sender
    return sender


def form(sender: Sender, typed: Typed, status: int = HTTPStatus.OK) -> Response:
    """Show the box, with what was written in it still there."""
    now = clock.now()
    shown = [sender.box.id, int(now.timestamp() * 1000), secrets.randbits(62)]
    facts = {"text": typed.text, "name": typed.name, "problem": typed.problem, "longest": LONGEST_COMMENT}
    nonce = house().tokens.sign(Purpose.BOX, shown)
    return _page("box/page.html", status, nonce=nonce, send_to=url_for("box.send", key=sender.box.key), **facts)


def note(why: str, status: int = HTTPStatus.OK) -> Response:
    return _page("box/note.html", status, why=why)


def dress(blueprint: Blueprint) -> None:
    """Give the door its head, and kind words for what can go wrong."""
    blueprint.after_request(_finish)
    blueprint.register_error_handler(InvalidToken, _unknown)
    blueprint.register_error_handler(SQLAlchemyError, _broken)
    blueprint.register_error_handler(HTTPException, _refused)


def _page(template: str, status: int, **values: object) -> Response:
    sender: Sender | None = g.get("sender")
    language = visitors_language()
    written = render_template(
        template,
        language=language,
        _=language.gettext,
        merchant=sender.merchant_name if sender else "",
        look=sender.look if sender else "plain",
        origins=" ".join(sender.box.origins) if sender else "",
        again=url_for("box.show", key=sender.box.key) if sender and sender.box.closed_at is None else "",
        digest=BOX_DIGEST,
        **values,
    )
    return answer(written, status)


def _finish(response: Response) -> Response:
    sender: Sender | None = g.get("sender")
    framed_by = " ".join(["'self'", *sender.box.origins]) if sender else "'none'"
    add_missing(response, {**HEADERS, "Content-Security-Policy": CSP.format(framed_by)})
    return response


def _unknown(_: InvalidToken) -> Response:
    return note("unknown", HTTPStatus.NOT_FOUND)


def _broken(error: SQLAlchemyError) -> Response:
    log.error("a comment box failed: %s", type(error).__name__)  # its own words repeat what was written
    return note("broken", HTTPStatus.INTERNAL_SERVER_ERROR)


def _refused(error: HTTPException) -> Response:
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return note("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return note("unknown", error.code or HTTPStatus.BAD_REQUEST)
