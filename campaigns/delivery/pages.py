"""The mailbox as a page: what was sent, as its reader would see it. In development only."""

import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, render_template, request

from campaigns.delivery.mail import Mail, read_mail
from campaigns.delivery.mailbox import folder_of, mail_ids, source_of
from campaigns.door import house

blueprint = Blueprint(
    "mailbox", __name__, template_folder="templates", static_folder="static", static_url_path="/mailbox/static"
)

PAGE = 50
MOST_LISTED = 1000  # by /mailbox.json, in one answer
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
NEW_TAB = '<base target="_blank">'
OUR_PAGE = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# The mail is a stranger's: it may look as it likes, show pictures, and open links beside this page.
THE_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src http://localhost:* https: data:; font-src https:; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@blueprint.before_request
def only_in_development() -> None:
    if not house().settings.is_development:
        abort(404)


@blueprint.after_request
def protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", OUR_PAGE)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.get("/mailbox")
def inbox() -> str:
    ids = mail_ids(_folder())
    if before := request.args.get("before", ""):
        ids = [each for each in ids if each < before]
    shown = [_mail(each) for each in ids[:PAGE]]
    return render_template("mailbox/inbox.html", mails=shown, older=ids[PAGE - 1] if len(ids) > PAGE else None)


@blueprint.get("/mailbox.json")
def listing() -> Response:
    """All mails, newest first, with their links; `?to=` keeps those of one address."""
    mails = [_mail(each) for each in mail_ids(_folder())[:MOST_LISTED]]
    wanted = request.args.get("to", "").lower()
    return jsonify([mail.brief() for mail in mails if wanted in mail.to.lower()])


@blueprint.get("/mailbox/<mail_id>")
def as_html(mail_id: str) -> str:
    return render_template("mailbox/mail.html", mail=_mail(mail_id), view="html")


@blueprint.get("/mailbox/<mail_id>/text")
def as_text(mail_id: str) -> str:
    return render_template("mailbox/mail.html", mail=_mail(mail_id), view="text")


@blueprint.get("/mailbox/<mail_id>/source")
def as_source(mail_id: str) -> str:
    return render_template("mailbox/mail.html", mail=_mail(mail_id), view="source")


@blueprint.get("/mailbox/<mail_id>/html")
def body(mail_id: str) -> Response:
    """The mail's own HTML, for the frame; its links open in a new tab."""
    html = _mail(mail_id).html
    found = HEAD.search(html)
    at = found.end() if found else 0
    response = Response(html[:at] + NEW_TAB + html[at:], mimetype="text/html")
    response.headers["Content-Security-Policy"] = THE_MAIL
    return response


def _folder() -> Path:
    return folder_of(house().settings)


def _mail(mail_id: str) -> Mail:
    return _read(_folder(), mail_id)


@lru_cache(maxsize=MOST_LISTED)
def _read(folder: Path, mail_id: str) -> Mail:
    """A mail never changes once it is here."""
    return read_mail(mail_id, source_of(folder, mail_id))
