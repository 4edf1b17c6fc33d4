"""The door of the shops: verified on its raw bytes, kept in one row, answered within milliseconds."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Response, request

from campaigns import clock
from campaigns.door import house, remembered
from campaigns.errors import BadSignature, NotFound
from campaigns.intake.platforms.registry import PLATFORMS
from campaigns.intake.receipt import Received, keep_all
from campaigns.intake.stops import STOPS
from campaigns.links import WEBHOOK
from campaigns.merchants.store import Shopfront, Shopfronts, find_shopfront
from campaigns.queues import QueueName

blueprint = Blueprint("intake", __name__)
log = logging.getLogger(__name__)


@blueprint.post(WEBHOOK)
def receive(key: str) -> Response:
    """Accept a webhook: 202 once it is kept, also where it is a duplicate or means nothing to us."""
    body, now = request.get_data(), clock.now()
    headers = _headers(request.environ)
    store = _sender(key, headers, body, now)
    delivery = PLATFORMS[store.kind].open(headers, body)
    is_new = house().database.together(keep_all, Received(store.store_id, delivery, now))
    if is_new and delivery.kind:
        house().bell.ring_soon(QueueName.INTAKE)
    if delivery.kind in STOPS:
        house().database.be_honoured()
    log.info("store %s webhook kept: new=%s known=%s", store.store_id, is_new, delivery.kind is not None)
    status = "duplicate" if not is_new else "accepted" if delivery.kind else "ignored"
    return Response(f'{{"status":"{status}"}}\n', HTTPStatus.ACCEPTED, content_type="application/json")


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the headers of a request by their names in small letters."""
    return {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}


def _sender(key: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Shopfront:
    """Return the store that signed this webhook; what is remembered may refuse nothing, so that a new
    secret counts at once."""
    shopfronts = remembered(Shopfronts)
    known = shopfronts.get(key, now)
    if known is not None:
        with suppress(BadSignature):
            PLATFORMS[known.kind].verify(headers, body, known.secrets, now)
            return known
    with house().database.reading() as session:
        store = find_shopfront(session, house().vault, key, now)
    if store is None:
        raise NotFound("There is no store at this address.")
    PLATFORMS[store.kind].verify(headers, body, store.secrets, now)
    shopfronts.put(key, store)
    return store
