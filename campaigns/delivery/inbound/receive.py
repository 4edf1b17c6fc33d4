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

from campaigns.delivery.event import Event, Kind, News
from campaigns.delivery.inbound.finding import Finding, Sort
from campaigns.delivery.inbound.inbound_mail import keep, replies_to, seal, settle
from campaigns.delivery.inbound.letters import Keys, Proof, Traced, find_letter
from campaigns.delivery.inbound.parse import Parsed, parse
from campaigns.delivery.inbound.reading import read
from campaigns.delivery.inbound.reply import own_words
from campaigns.delivery.inbound.verp import ReturnPaths
from campaigns.delivery.news import take
from campaigns.delivery.tracing import person_at
from campaigns.enrollment.message import cancel_pending
from campaigns.house import House
from campaigns.logbook import place
from campaigns.vault import Vault

log = logging.getLogger(__name__)

REPLIED = "replied"  # why no reminder is sent
MOST_FORWARDED = 10  # replies to one letter that are passed on: more is a machine that hides it
UNREAD = ""  # the source of what tripped its reader: no letter is looked for
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
    if sort not in UNKEPT:  # whoever brought it may take it that no letter leaves any more that it stops
        house.database.be_honoured()
    return Receipt.NEW


def read_mail(raw: bytes) -> Read:
    """Read a mail. One that trips a reader of ours is kept as it is, and read again after `inbound refold`."""
    mail = parse(raw)
    try:
        finding = read(mail)
    except Exception as error:  # noqa: BLE001 - a mailbox that gives it back for ever would be read no further
        log.error("a mail could not be read: %s at %s", type(error).__name__, place(error))
        finding = Finding(sort=Sort.OTHER, source=UNREAD)
    return Read(hashlib.sha256(raw).hexdigest(), mail, finding)


def fold(session: Session, house: House, mail_id: int, found: Read, now: datetime) -> None:
    """Let a mail do what it does to the letter it is about."""
    finding = found.finding
    is_about_none = finding.sort in UNKEPT or finding.source == UNREAD
    traced = None if is_about_none else find_letter(session, keys_of(house), found.mail, finding, now)
    sort = Sort.OTHER if finding.sort is Sort.REPLY and traced is None else finding.sort
    values: dict[str, object] = {"kind": sort.value, "bounce": finding.kind or "", "outcome": ""}
    if traced is not None:
        values |= {"merchant_id": traced.letter.merchant_id, "message_id": traced.letter.id}
        values |= {"proof": traced.proof.value}
        if event := _event(finding, traced, found.key, now):
            values["outcome"] = take(session, event, now).value
        if sort is Sort.REPLY:
            values |= _reply(session, house.vault, traced, found, now)
    settle(session, mail_id, now, **values)
    what = f"{sort} {values['bounce']}".strip()
    about = {"message_id": traced.letter.id} if traced else {}
    log.info("inbound mail %s is a %s", mail_id, what, extra=about)


def _event(finding: Finding, traced: Traced, key: str, now: datetime) -> Event | None:
    """Return what a mail says of its letter; whoever replies has the letter, also where that was in doubt."""
    news = News.DELIVERED if finding.sort is Sort.REPLY else finding.news
    if news is None:
        return None
    return Event(
        source=finding.source,
        key=key,
        news=news,
        at=now,
        message_id=traced.letter.id,
        address=finding.address or None,
        kind=Kind.SOFT if traced.proof is Proof.ADDRESS else finding.kind,
        code=finding.code,
        status=finding.status,
    )


def _reply(session: Session, vault: Vault, traced: Traced, found: Read, now: datetime) -> dict[str, object]:
    """Let no reminder follow a reply, and return what is kept of it."""
    letter = traced.letter
    cancel_pending(session, letter.enrollment_id, REPLIED, now)
    is_passed_on = traced.was_replied_to and replies_to(session, letter.id) < MOST_FORWARDED
    sender = person_at(letter.merchant_id, found.finding.address)
    return {
        "sealed_words": vault.seal(own_words(found.mail.text)),
        "is_from_contact": traced.was_replied_to or (sender is not None and sender == letter.fingerprint),
        "forward_at": now if is_passed_on else None,
    }
