"""The door of the mail services: verified on its raw bytes, kept in one row, answered within milliseconds."""

import hashlib
import logging
from http import HTTPStatus

from flask import Blueprint, Response, request

from campaigns import clock
from campaigns.delivery.esp.certificates import Certificates, NotFetched
from campaigns.delivery.esp.event_receipt import LONGEST_ID, Post, keep_posts
from campaigns.delivery.esp.locks import Knock
from campaigns.delivery.esp.reading import blocks_of
from campaigns.delivery.esp.services import SERVICES, ServiceKind
from campaigns.delivery.esp.sns import is_of_amazon
from campaigns.delivery.esp.source import Doorplate, confirm, find_doorplate
from campaigns.delivery.esp.told import an_object, parsed, words
from campaigns.door import house, remembered
from campaigns.errors import BadSignature, NotFound
from campaigns.links import EVENTS
from campaigns.meters import count_news
from campaigns.queues import QueueName

blueprint = Blueprint("events", __name__)
log = logging.getLogger(__name__)


@blueprint.post(EVENTS)
def receive(key: str) -> Response:
    """Accept what a service tells: 200 once it is kept, also where it is known or means nothing to us."""
    headers = {name.lower(): value for name, value in request.headers}
    knock = Knock(headers, request.get_data(), clock.now())
    with house().database.reading() as session:
        plate = find_doorplate(session, house().vault, key)
    if plate is None:
        raise NotFound("There is no event source at this address.")
    service, certificates = SERVICES[plate.kind], remembered(Certificates)
    try:
        delivery_id = service.verify(knock, plate.lock, certificates)
        if plate.kind is ServiceKind.SES and _subscribes(plate, knock, certificates):
            return _answer("confirmed")
    except NotFetched as trouble:
        log.warning("source %s: %s", plate.id, trouble)
        return _answer("try again", HTTPStatus.SERVICE_UNAVAILABLE)
    return _answer(_keep(plate, knock, delivery_id))


def _keep(plate: Doorplate, knock: Knock, delivery_id: str) -> str:
    found = list(SERVICES[plate.kind].read(knock.body))
    told = [each for each in found if each is not None]
    count_news(plate.kind, "ignored", len(found) - len(told))
    if not told:
        return "ignored"
    post = Post(
        merchant_id=plate.merchant_id,
        source_id=plate.id,
        delivery_id=delivery_id if len(delivery_id) <= LONGEST_ID else _digest(delivery_id),
        sealed_body=house().vault.seal(knock.body.decode()),
        blocks=blocks_of(told, plate),
        at=knock.at,
    )
    is_new = house().database.together(keep_posts, post)
    if is_new:
        house().bell.ring_soon(QueueName.INTAKE)
    if post.blocks:
        house().database.be_honoured()
    log.info("source %s told of %s letters: new=%s", plate.id, len(told), is_new)
    return "accepted" if is_new else "duplicate"


def _subscribes(plate: Doorplate, knock: Knock, certificates: Certificates) -> bool:
    """Confirm the subscription of the one topic that is pinned, once for each time Amazon asks."""
    envelope = an_object(parsed(knock.body))
    if words(envelope, "Type") == "Notification":
        return False
    if words(envelope, "Type") == "UnsubscribeConfirmation":
        log.warning("source %s hears nothing any more: its topic no longer tells us", plate.id)
    token, url = _digest(words(envelope, "Token")), words(envelope, "SubscribeURL")
    if words(envelope, "Type") != "SubscriptionConfirmation" or token == plate.confirmed:
        return True
    if not is_of_amazon(url, plate.lock.topic):
        raise BadSignature("The address to confirm at is not one of Amazon SNS.")
    with house().database.transaction() as session:
        is_ours = confirm(session, plate.id, plate.confirmed, token)
    if is_ours:
        _follow(plate, url, token, certificates)
    return True


def _follow(plate: Doorplate, url: str, token: str, certificates: Certificates) -> None:
    try:
        certificates.fetch(url)
    except NotFetched:
        with house().database.transaction() as session:
            confirm(session, plate.id, token, plate.confirmed)
        raise
    log.info("source %s is subscribed to its topic", plate.id)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _answer(status: str, code: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(f'{{"status":"{status}"}}\n', code, content_type="application/json")
