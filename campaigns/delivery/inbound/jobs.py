"""What is left to do with mail that came back: fold what could not be folded, pass replies on, forget what is old."""

import logging
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from campaigns import clock
from campaigns.composition.letter import Letter
from campaigns.delivery.inbound.forward import Forward, write
from campaigns.delivery.inbound.inbound_mail import (
    KEPT_FOR,
    claim_to_forward,
    forwarded,
    purge,
    settle,
    unfolded,
    unseal,
)
from campaigns.delivery.inbound.parse import parse
from campaigns.delivery.inbound.receive import fold, read_mail
from campaigns.delivery.server import Server
from campaigns.delivery.smtp.postman import Postman
from campaigns.delivery.stopping import listening
from campaigns.errors import DeliveryError, ServerUnavailable, TryLater
from campaigns.house import House
from campaigns.logbook import place
from campaigns.merchants.merchant import Merchant, get_merchant

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(minutes=15)  # a reply whose sender crashed, or whose server was away, is tried again
SET_ASIDE = "set_aside"
GIVEN_UP_AFTER = timedelta(days=3)


def work_off_inbound(house: House) -> int:
    """Do all of it; returns how many mails were dealt with."""
    return fold_inbound(house) + forward_replies(house) + _purge(house)


def fold_inbound(house: House) -> int:
    """Fold the mails that could not be folded when they came; what fails again waits for `inbound refold`."""
    count, last_id = 0, 0
    while True:
        with house.database.transaction() as session:
            mail = unfolded(session, last_id)
            if mail is None:
                return count
            last_id = mail.id
            try:
                with session.begin_nested():
                    raw = unseal(house.vault, mail.sealed_mail) if mail.sealed_mail else b""
                    fold(session, house, mail.id, read_mail(raw), clock.now())
                    count += 1
            except OperationalError:
                raise
            except Exception as error:  # noqa: BLE001 - one mail must not stand in the way of all that follow
                log.error("inbound mail %s is set aside: %s at %s", last_id, type(error).__name__, place(error))
                settle(session, last_id, clock.now(), outcome=SET_ASIDE)


def forward_replies(house: House) -> int:
    """Pass on the replies that came to a letter's own address; returns how many left."""
    count = 0
    with listening() as is_stopping, Postman(_server(house), house.links.host) as postman:
        while not is_stopping() and (claimed := _claim(house)):
            mail_id, letter = claimed
            try:
                if letter is not None:
                    postman.send(letter, lambda: True)
                    count += 1
                    log.info("inbound mail %s passed on", mail_id)
            except TryLater as trouble:
                log.warning("inbound mail %s waits: %s (%s)", mail_id, trouble, trouble.code)
                if isinstance(trouble, ServerUnavailable):
                    break  # letters wait behind: no reply after it would fare better now
                continue
            except DeliveryError as error:
                log.error("inbound mail %s was not passed on: %s", mail_id, error)
            with house.database.transaction() as session:
                forwarded(session, mail_id)
    return count


def _claim(house: House) -> tuple[int, Letter | None] | None:
    """Take a reply, and write what the merchant gets; None for what cannot or may not be passed on."""
    now = clock.now()
    with house.database.transaction() as session:
        mail = claim_to_forward(session, now, now + AGAIN_AFTER)
        if mail is None:
            return None
        if mail.merchant_id is None or mail.sealed_mail is None or now - mail.received_at > GIVEN_UP_AFTER:
            return mail.id, None
        merchant = get_merchant(session, mail.merchant_id)
        return mail.id, _written(house, mail.id, mail.sealed_mail, merchant)


def _written(house: House, mail_id: int, sealed: str, merchant: Merchant) -> Letter | None:
    """Write a reply for the merchant, unless it would come back to us; anybody may have written it, to trip us."""
    if merchant.reply_to.lower().endswith(f"@{house.settings.inbound.bounce_domain}"):
        return None
    try:
        raw = unseal(house.vault, sealed)
        return write(Forward(mail_id=mail_id, merchant=merchant, mail=parse(raw), raw=raw, now=clock.now()))
    except Exception as error:  # noqa: BLE001 - one reply must not stand in the way of all that follow
        log.error("inbound mail %s was not passed on: %s at %s", mail_id, type(error).__name__, place(error))
        return None


def _purge(house: House) -> int:
    with house.database.transaction() as session:
        return purge(session, clock.now() - KEPT_FOR)


def _server(house: House) -> Server:
    return Server.from_url(house.settings.smtp_url)
