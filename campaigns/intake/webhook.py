"""The door of the shops: verified on its raw bytes, kept in one row, answered within milliseconds."""

import logging

from flask import Blueprint, Response, jsonify, request

from campaigns import clock
from campaigns.door import house
from campaigns.errors import NotFound
from campaigns.intake.platforms.registry import PLATFORMS
from campaigns.intake.receipt import keep
from campaigns.links import WEBHOOK
from campaigns.merchants.store import find_store
from campaigns.queues import QueueName

blueprint = Blueprint("intake", __name__)
log = logging.getLogger(__name__)


@blueprint.post(WEBHOOK)
def receive(key: str) -> tuple[Response, int]:
    """Accept a webhook: 202 once it is kept, also where it is a duplicate or means nothing to us."""
    body, now = request.get_data(), clock.now()
    headers = {name.lower(): value for name, value in request.headers.items()}
    with house().database.reading() as session:
        store = find_store(session, key)
        if store is None:
            raise NotFound("There is no store at this address.")
    platform = PLATFORMS[store.kind]
    platform.verify(headers, body, store.secrets(house().vault), now)
    delivery = platform.open(headers, body)
    with house().database.transaction() as session:
        is_new = keep(session, store.id, delivery, now)
    if is_new and delivery.kind:
        house().bell.ring(QueueName.INTAKE)
    log.info("store %s webhook kept: new=%s known=%s", store.id, is_new, delivery.kind is not None)
    status = "duplicate" if not is_new else "accepted" if delivery.kind else "ignored"
    return jsonify(status=status), 202
