"""A reply that begins with a score is an answer, given by a person; any other is for the merchant to read."""

import logging
from datetime import timedelta

from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.delivery.inbound.inbound_mail import InboundMail, mark_read, unread_replies
from campaigns.delivery.inbound.reply import score_in
from campaigns.errors import InvalidToken
from campaigns.house import House
from campaigns.responses.answering import Desk
from campaigns.responses.hit import LinkName
from campaigns.responses.judging import Form, Step, Verdict
from campaigns.responses.trust import Level, Visit
from campaigns.responses.visit import client_of

log = logging.getLogger(__name__)

WROTE = timedelta(minutes=1)  # nobody writes a mail as fast as a page is pressed


def read_replies(house: House) -> int:
    """Look at the replies that came; returns how many were answers."""
    desk = Desk()
    with house.database.reading() as session:
        found = unread_replies(session)
    return sum(_read(house, desk, mail) for mail in found)


def _read(house: House, desk: Desk, mail: InboundMail) -> bool:
    try:
        with house.database.transaction() as session:
            is_first = mark_read(session, mail.id, clock.now())
            return is_first and _accept(session, house, desk, mail)
    except InvalidToken:  # its letter is not in this database
        return False


def _accept(session: Session, house: House, desk: Desk, mail: InboundMail) -> bool:
    """Take a reply for an answer where it is one, and comes from the person who was asked."""
    if mail.message_id is None or not mail.is_from_contact or not mail.sealed_words:
        return False
    scale = desk.letter(session, mail.message_id).survey.scale
    score = score_in(house.vault.unseal(mail.sealed_words), scale.lowest, scale.highest)
    if score is None:
        return False
    [judged] = desk.accept_answers(session, [_form(house, mail, score)])
    if judged is None or judged.verdict is not Verdict.KEPT:
        return False
    log.info("inbound mail %s is an answer", mail.id, extra={"message_id": mail.message_id})
    return True


def _form(house: House, mail: InboundMail, score: int) -> Form:
    """Return the form that a reply stands for: a score alone, which leaves answers given before it."""
    return Form(
        step=Step(
            message_id=mail.message_id or 0,
            link=LinkName.REPLY,
            visit=Visit(method="POST", user_agent="mail", claim=Level.CONFIRMED, page_age=WROTE),
            client=client_of("", "mail", house.settings.secret_keys[0]),
            at=mail.received_at,
        ),
        is_foreign=False,
        score=str(score),
        sent=lambda _: [],
    )
