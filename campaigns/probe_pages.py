"""The doors of those who watch: is it alive, is it ready, what does it count; and a watch on every other door."""

import hmac
import re
import time
from collections.abc import Iterable
from http import HTTPStatus
from ipaddress import ip_address

from flask import Blueprint, Response, abort, current_app, g, jsonify, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.exc import SQLAlchemyError

from campaigns import meters, schema
from campaigns.door import house
from campaigns.exposition import CONTENT_TYPE
from campaigns.reports.gauges import Gauges

NO_DOOR = "none"  # of requests for what is not here: their paths would be names without end
LOCAL_NAME = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
FORWARDED = {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"}

blueprint = Blueprint("probe", __name__)


@blueprint.record
def hang_gauges(state: BlueprintSetupState) -> None:
    state.app.extensions["gauges"] = Gauges()


@blueprint.get("/healthz")
def healthz() -> Response:
    """Whether this process answers; touches nothing."""
    return Response("ok", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether requests can be served. Without Redis they can: workers look at the clock instead.

    With a newer schema they can as well, for an upgrade only adds what older code does not miss.
    """
    redis = {True: "ok", False: "down", None: "none"}[house().bell.is_heard()]
    try:
        standing = schema.standing(house().database)
    except SQLAlchemyError:
        return jsonify(database="down", redis=redis, schema="unknown"), HTTPStatus.SERVICE_UNAVAILABLE
    status = HTTPStatus.SERVICE_UNAVAILABLE if standing is schema.Standing.BEHIND else HTTPStatus.OK
    return jsonify(database="ok", redis=redis, schema=standing), status


@blueprint.get("/metrics")
def metrics() -> Response:
    """What is counted here, for this machine itself or for whoever shows the token; for nobody else it is not here."""
    if not may_read(house().settings.metrics_token, request.remote_addr or "", request.headers):
        abort(HTTPStatus.NOT_FOUND)
    gauges: Gauges = current_app.extensions["gauges"]
    return Response(gauges.text(house()), content_type=CONTENT_TYPE)


def may_read(token: str, peer: str, headers: Iterable[tuple[str, str]]) -> bool:
    """Whether to show what is counted. Behind a proxy everybody comes from this machine,
    so that without a token only who came directly, by a local name, is believed to be of it."""
    said = {name.lower(): value for name, value in headers}
    if token:
        return hmac.compare_digest(said.get("authorization", "").encode(), f"Bearer {token}".encode())
    by_name = LOCAL_NAME.fullmatch(said.get("host", ""))
    return _is_local(peer) and by_name is not None and not FORWARDED & said.keys()


def _is_local(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False


@blueprint.before_app_request
def note_beginning() -> None:
    g.began_at = time.perf_counter()


@blueprint.after_app_request
def note_end(response: Response) -> Response:
    """Count the request by its door; the door's pattern, for its path may hold a token."""
    door = f"{request.method} {request.url_rule.rule}" if request.url_rule else NO_DOOR
    now = time.perf_counter()
    meters.note_request(door, response.status_code, now - g.get("began_at", now))  # refused before it began: no time
    return response
