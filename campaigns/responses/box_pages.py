"""The comment box's door: a page of its own, framed by the sites its merchant named and by no other; no cookie."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaigns import clock
from campaigns.buckets import Bucket, Buckets
from campaigns.composition.line import person_name
from campaigns.door import house, remembered
from campaigns.errors import InvalidToken
from campaigns.links import BOX, BOX_SCRIPT
from campaigns.responses.box import Box
from campaigns.responses.box_letterhead import Sender, Typed, dress, form, note, sender_of
from campaigns.responses.box_look import BOX_DIGEST, SCRIPT, box_stylesheet, loader
from campaigns.responses.letterhead import comes_from_elsewhere, this_visit, visitors_language
from campaigns.responses.sifting import LONGEST_OPEN, clean_comment
from campaigns.responses.trust import Suspicion, believe
from campaigns.responses.visit import PageClaim, client_of
from campaigns.responses.written import Written, came_before, keep
from campaigns.tokens import Purpose

MOST_BYTES = 200_000  # of a form: 2,000 characters of any script take a tenth of it
A_YEAR = 31_536_000  # seconds
WHILE = 300  # seconds that a shop's visitors may keep its script
SLOTS = 65_536  # of networks told apart when counting: what a flood from many can cost in memory
OF_ONE_NETWORK, OF_ONE_BOX = 0.1, 20.0  # comments per second
ROBOT = frozenset({Suspicion.PREFETCH, Suspicion.BOT_UA, Suspicion.WEBDRIVER})

blueprint = Blueprint("box", __name__, template_folder="templates")
dress(blueprint)


class Gate:
    """Counts comments, in Redis where there is one."""

    def __init__(self) -> None:
        self._buckets = Buckets(house().settings.redis_url)

    def lets_in(self, box_id: int, client: str) -> bool:
        slot = int(client[:8], 16) % SLOTS
        buckets = [Bucket(f"box:client:{slot}", OF_ONE_NETWORK), Bucket(f"box:{box_id}", OF_ONE_BOX)]
        return self._buckets.take(buckets, 1).granted > 0


@blueprint.get(BOX)
def show(key: str) -> Response:
    sender = sender_of(key)
    return note("closed", HTTPStatus.GONE) if sender.box.closed_at else form(sender, Typed())


@blueprint.get(f"{BOX}/thanks")
def thanks(key: str) -> Response:
    sender_of(key)
    return note("thanks")


@blueprint.post(BOX)
def send(key: str) -> ResponseReturnValue:
    request.max_content_length = request.max_form_memory_size = MOST_BYTES
    sender = sender_of(key)
    if sender.box.closed_at:
        return note("closed", HTTPStatus.GONE)
    client = client_of(request.remote_addr or "", "", house().settings.secret_keys[0])
    typed = Typed(text=clean_comment(request.form.get("text", "")), name=person_name(request.form.get("name", "")))
    if comes_from_elsewhere():
        return note("elsewhere", HTTPStatus.FORBIDDEN)
    if not typed.text:
        return _again(sender, typed, "empty", HTTPStatus.BAD_REQUEST)
    written = _read(sender.box, typed, client)
    if written is None:
        return _again(sender, typed, "stale", HTTPStatus.BAD_REQUEST)
    with house().database.reading() as session:
        is_known = came_before(session, written)
    if not is_known and not remembered(Gate).lets_in(sender.box.id, client):  # a button pressed twice is no flood
        return _too_often(sender, typed)
    with house().database.transaction() as session:
        is_kept = keep(session, written)
    if not is_kept:
        return _again(sender, typed, "stale", HTTPStatus.BAD_REQUEST)
    return redirect(url_for("box.thanks", key=key), HTTPStatus.SEE_OTHER)


@blueprint.get(BOX_SCRIPT)
def script_for_shop(key: str) -> Response:
    """Answer with the script that shows the box; a closed box shows nothing, and breaks nothing."""
    sender, language = sender_of(key), visitors_language()
    title = language.gettext("What would you like to tell %(merchant)s?", merchant=sender.merchant_name)
    text = "" if sender.box.closed_at else loader(house().links.box(key), title)
    response = _script(text, f"public, max-age={WHILE}")
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/look/<digest>/box.js")
def script(digest: str) -> Response:
    return _script(SCRIPT, _kept(digest))


@blueprint.get("/look/<digest>/box/<name>.css")
def style(digest: str, name: str) -> Response:
    response = Response(box_stylesheet(name), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = _kept(digest)
    return response


def _too_often(sender: Sender, typed: Typed) -> Response:
    response = _again(sender, typed, "often", HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(int(1 / OF_ONE_NETWORK))
    return response


def _again(sender: Sender, typed: Typed, problem: str, status: int) -> Response:
    return form(sender, Typed(text=typed.text, name=typed.name, problem=problem), status)


def _read(box: Box, typed: Typed, client: str) -> Written | None:
    """Read the form of this request; None where we did not show it, or too long ago."""
    now, fields = clock.now(), request.form
    try:
        owner, shown_at, nonce = house().tokens.read_list(Purpose.BOX, fields.get("nonce", ""), 3)
    except InvalidToken:
        return None
    age = now - datetime.fromtimestamp(shown_at / 1000, UTC)
    if owner != box.id or age > LONGEST_OPEN:
        return None
    visit, _ = this_visit(PageClaim(is_webdriver=fields.get("driven") == "1", age=age))
    return Written(
        box=box,
        nonce=nonce,
        age=age,
        text=typed.text,
        name=typed.name,
        trap=fields.get("website", ""),
        is_touched=fields.get("touched") == "1",
        is_robot=bool(ROBOT.intersection(believe(visit).reasons)),
        client=client,
        locale=visitors_language().tag,
        now=now,
    )


def _script(text: str, kept: str) -> Response:
    response = Response(text, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = kept
    return response


def _kept(digest: str) -> str:
    return f"public, max-age={A_YEAR}, immutable" if digest == BOX_DIGEST else "no-cache"
