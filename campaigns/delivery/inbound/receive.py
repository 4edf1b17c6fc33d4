"""A mail that was accepted is kept, and has done what it does, in one transaction; the same mail again changes nothing.

It is folded where it is accepted and not by a later job: no reminder may leave to somebody whose
bounce, complaint or reply was taken before. Only what cannot be folded waits for one.
"""

import hashlib
import logging
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact
from campaigns.delivery.event import Event, Kind, News
from campaigns.delivery.inbound.finding import Finding, Sort
from campaigns.delivery.inbound.inbound_mail import keep, replies_to, seal, settle
from campaigns.delivery.inbound.letters import Keys, Letter, Proof, find_letter
from campaigns.delivery.inbound.parse import Parsed, parse
from campaigns.delivery.inbound.reading import read
from campaigns.delivery.inbound.reply import own_words
from campaigns.delivery.inbound.verp import ReturnPaths
from campaigns.delivery.news import take
from campaigns.enrollment.message import cancel_pending
from campaigns.house import House
from campaigns.logbook import place
from campaigns.vault import Vault, fingerprint

log = logging.getLogger(__name__)

REPLIED = "replied"  # why no reminder is sent
MOST_FORWARDED = 10  # replies to one letter that are passed on: more is a machine that hides it
UNKEPT = frozenset({Sort.AUTO_REPLY})  # counted, and nothing of it is kept


class Receipt(StrEnum):
    NEW = "new"
    REPEATED = "repeated"


class Read(NamedTuple):
    """A mail, and what it was found to be."""

    key: str  # the same for the same mail
    mail: Parsed
    finding: Finding


def keys_of(house: House) -> Keys:
    settings = house.settings
    return Keys(ReturnPaths(settings.secret_keys, settings.inbound.bounce_domain), house.tokens)


def accept(house: House, raw: bytes, now: datetime) -> Receipt:
    """Keep a mail and let it do what it does; raises SQLAlchemyError where it could not be kept."""
    found = read_mail(raw)
    sort = found.finding.sort
    sealed = None if sort in UNKEPT else seal(house.vault, raw)
    with house.database.transaction() as session:
        mail_id = keep(session, found.key, sort, sealed, now)
        if mail_id is None:
            return Receipt.REPEATED
        try:
            with session.begin_nested():
                fold(session, house, mail_id, found, now)
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - the mail is kept, and folded when what is wrong is mended
            log.error("inbound mail %s was not folded: %s at %s", mail_id, type(error).__name__, place(error))
    return Receipt.NEW


def read_mail(raw: bytes) -> Read:
    mail = parse(raw)
    return Read(hashlib.sha256(raw).hexdigest(), mail, read(mail))


def fold(session: Session, house: House, mail_id: int, found: Read, now: datetime) -> None:
    """Let a mail do what it does to the letter it is about."""
    mail, finding = found.mail, found.finding
    letter = None if finding.sort in UNKEPT else find_letter(session, keys_of(house), mail, finding, now)
    sort = Sort.OTHER if finding.sort is Sort.REPLY and letter is None else finding.sort
    values: dict[str, object] = {"kind": sort.value, "bounce": finding.kind or "", "outcome": ""}
    if letter is not None:
        values |= {"merchant_id": letter.merchant_id, "message_id": letter.message_id, "proof": letter.proof.value}
        if event := _event(finding, letter, found.key, now):
            values["outcome"] = take(session, event, now).value
        if sort is Sort.REPLY:
            values |= _reply(session, house.vault, letter, found, now)
    settle(session, mail_id, now, **values)
    what = f"{sort} {values['bounce']}".strip()
    about = {"message_id": letter.message_id} if letter else {}
    log.info("inbound mail %s is a %s", mail_id, what, extra=about)


def _event(finding: Finding, letter: Letter, key: str, now: datetime) -> Event | None:
    """Return what a mail says of its letter; whoever replies has the letter, also where that was in doubt."""
    news = News.DELIVERED if finding.sort is Sort.REPLY else finding.news
    if news is None:
        return None
    return Event(
        source=finding.source,
        key=key,
        news=news,
        at=now,
        message_id=letter.message_id,
        address=finding.address or None,
        kind=Kind.SOFT if letter.proof is Proof.ADDRESS else finding.kind,
        code=finding.code,
        status=finding.status,
    )


def _reply(session: Session, vault: Vault, letter: Letter, found: Read, now: datetime) -> dict[str, object]:
    """Let no reminder follow a reply, and return what is kept of it."""
    cancel_pending(session, letter.enrollment_id, REPLIED, now)
    is_passed_on = letter.was_replied_to and replies_to(session, letter.message_id) < MOST_FORWARDED
    return {
        "sealed_words": vault.seal(own_words(found.mail.text)),
        "is_from_contact": letter.was_replied_to or _is_from(session, letter, found.finding.address),
        "forward_at": now if is_passed_on else None,
    }


def _is_from(session: Session, letter: Letter, address: str) -> bool:
    contact = session.get(Contact, letter.contact_id) if letter.contact_id is not None else None
    return contact is not None and bool(address) and contact.fingerprint == fingerprint(letter.merchant_id, address)
