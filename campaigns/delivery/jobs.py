"""What the delivery queue does: send the letters that are due, and the links that sign in."""

import gc
import logging
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.composition.compose import compose_sign_in
from campaigns.composition.letter import Letter, SignInFacts
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
    """Send the sign-in links that were asked for; returns how many left."""
    return _run(house, "sign-in", _claim_sign_in, _give_back)


def send_alerts(house: House) -> int:
    """Send the mails that tell owners what needs them; returns how many left."""
    return _run(house, "alert", _claim_alert, order_again)


def _give_back(session: Session, sign_in_id: int) -> None:
    give_back(session, sign_in_id, clock.now())


class Errand(NamedTuple):
    """One mail that is no letter of a campaign."""

    number: int
    write: Callable[[], Letter]  # raises RenderingError


def _run(
    house: House, what: str, claim: Callable[[House], Errand | None], again: Callable[[Session, int], object]
) -> int:
    """Send one errand after another; one that is known not to have left is ordered again for the next look."""
    count = 0
    unsent: list[int] = []
    with listening() as is_stopping, _postman(house) as postman:
        while not is_stopping() and (errand := claim(house)):
            try:
                postman.send(errand.write(), lambda: True)
                log.info("%s %s sent", what, errand.number)
                count += 1
            except TryLater as trouble:
                log.warning("%s %s waits: %s (%s)", what, errand.number, trouble, trouble.code)
                unsent.append(errand.number)
                if isinstance(trouble, ServerUnavailable):
                    break
            except (DeliveryError, RenderingError) as error:
                log.error("%s %s did not leave: %s", what, errand.number, error)
    for number in unsent:
        with house.database.transaction() as session:
            again(session, number)
    return count


def _claim_sign_in(house: House) -> Errand | None:
    now = clock.now()
    with house.database.transaction() as session:
        if (claimed := claim_unsent(session, now)) is None:
            return None
        sign_in, staff = claimed
        merchant = get_merchant(session, staff.merchant_id)
        facts = SignInFacts(
            sign_in_id=sign_in.id,
            merchant_name=merchant.name,
            from_address=merchant.from_address,
            to_address=staff.email,
            now=now,
        )
    return Errand(facts.sign_in_id, lambda: compose_sign_in(facts, house.links))


def _claim_alert(house: House) -> Errand | None:
    now = clock.now()
    with house.database.transaction() as session:
        if (claimed := claim_alert(session, now)) is None:
            return None
        alert, staff, merchant = claimed
        facts = NoticeFacts(
            notice_id=alert.id,
            merchant_name=merchant.name,
            from_address=merchant.from_address,
            to_address=staff.email,
            subject=alert.subject,
            words=alert.words,
            dashboard=house.links.dashboard(),
            now=now,
        )
    return Errand(facts.notice_id, lambda: compose_notice(facts))


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
