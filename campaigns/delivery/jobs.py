"""What the delivery queue does: send the letters that are due, and the links that sign in."""

import gc
import logging
from contextlib import closing
from functools import lru_cache

from campaigns import clock
from campaigns.composition.compose import compose_sign_in
from campaigns.composition.letter import SignInFacts
from campaigns.composition.notice import NoticeFacts, compose_notice
from campaigns.composition.press import Press
from campaigns.delivery.alerts import claim_alert, order_again
from campaigns.delivery.deliver import Shift
from campaigns.delivery.filling import Means
from campaigns.delivery.server import Server
from campaigns.delivery.smtp.exchange import Exchange
from campaigns.delivery.smtp.postman import Postman
from campaigns.delivery.stopping import listening
from campaigns.delivery.throttle import Throttle
from campaigns.errors import DeliveryError, RenderingError, ServerUnavailable, TryLater
from campaigns.house import House
from campaigns.links import Links
from campaigns.merchants.merchant import get_merchant
from campaigns.merchants.sign_in import claim_unsent, give_back

log = logging.getLogger(__name__)


def send_due(house: House) -> int:
    """Send all letters that are due; returns how many were dealt with."""
    with listening() as is_stopping, closing(_means(house)) as means:
        count = Shift(house, means, clock.now, is_stopping).work()
    if count and gc.get_freeze_count():  # a worker, which looks for garbage seldom, and then at what is its own only
        gc.collect()  # what a shift learnt of thousands of campaigns
    return count


def send_sign_ins(house: House) -> int:
    """Send the sign-in links that were asked for; returns how many left.

    One that is known not to have left is ordered again for the next look, as long as it is valid.
    """
    count = 0
    unsent: list[int] = []
    with listening() as is_stopping, _postman(house) as postman:
        while not is_stopping() and (facts := _claim_sign_in(house)):
            try:
                postman.send(compose_sign_in(facts, house.links), lambda: True)
                log.info("sign-in %s sent", facts.sign_in_id)
                count += 1
            except TryLater as trouble:
                log.warning("sign-in %s waits: %s (%s)", facts.sign_in_id, trouble, trouble.code)
                unsent.append(facts.sign_in_id)
                if isinstance(trouble, ServerUnavailable):
                    break
            except (DeliveryError, RenderingError) as error:
                log.error("sign-in %s did not leave: %s", facts.sign_in_id, error)
    _order_again(house, unsent)
    return count


def _claim_sign_in(house: House) -> SignInFacts | None:
    now = clock.now()
    with house.database.transaction() as session:
        if (claimed := claim_unsent(session, now)) is None:
            return None
        sign_in, staff = claimed
        merchant = get_merchant(session, staff.merchant_id)
        return SignInFacts(
            sign_in_id=sign_in.id,
            merchant_name=merchant.name,
            from_address=merchant.from_address,
            to_address=staff.email,
            now=now,
        )


def send_alerts(house: House) -> int:
    """Send the mails that tell owners what needs them; returns how many left."""
    count = 0
    unsent: list[int] = []
    with listening() as is_stopping, _postman(house) as postman:
        while not is_stopping() and (facts := _claim_alert(house)):
            try:
                postman.send(compose_notice(facts), lambda: True)
                log.info("alert %s sent", facts.notice_id)
                count += 1
            except TryLater as trouble:
                log.warning("alert %s waits: %s (%s)", facts.notice_id, trouble, trouble.code)
                unsent.append(facts.notice_id)
                if isinstance(trouble, ServerUnavailable):
                    break
            except (DeliveryError, RenderingError) as error:
                log.error("alert %s did not leave: %s", facts.notice_id, error)
    for alert_id in unsent:
        with house.database.transaction() as session:
            order_again(session, alert_id)
    return count


def _claim_alert(house: House) -> NoticeFacts | None:
    now = clock.now()
    with house.database.transaction() as session:
        if (claimed := claim_alert(session, now)) is None:
            return None
        alert, staff, merchant = claimed
        return NoticeFacts(
            notice_id=alert.id,
            merchant_name=merchant.name,
            from_address=merchant.from_address,
            to_address=staff.email,
            subject=alert.subject,
            words=alert.words,
            dashboard=house.links.dashboard(),
            now=now,
        )


def _order_again(house: House, sign_in_ids: list[int]) -> None:
    for sign_in_id in sign_in_ids:
        with house.database.transaction() as session:
            give_back(session, sign_in_id, clock.now())


def _means(house: House) -> Means:
    return Means(
        exchange=Exchange(house.links.host),
        compose=_press(house.links).letter,
        throttle=Throttle.from_settings(house.settings),
    )


@lru_cache(maxsize=1)
def _press(links: Links) -> Press:
    """Return the one press of this process: cutting its plates takes longer than many a shift."""
    return Press(links)


def _postman(house: House) -> Postman:
    return Postman(Server.from_url(house.settings.smtp_url), house.links.host)
