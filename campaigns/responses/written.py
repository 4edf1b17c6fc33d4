"""A form that a comment box sent becomes one comment, sifted; the same form sent again changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns.responses.box import Box
from campaigns.responses.comment import add_comment, is_repeated, text_from
from campaigns.responses.sifting import Told, digest_of, sift


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A form as it was sent, read and cleaned."""

    box: Box
    nonce: int
    age: timedelta
    text: str
    name: str
    trap: str
    is_touched: bool
    is_robot: bool
    client: str
    locale: str
    now: datetime


def came_before(session: Session, written: Written) -> bool:
    """Whether this page has brought the very same comment: its button was pressed twice."""
    return text_from(session, written.box.id, written.nonce) == written.text


def keep(session: Session, written: Written) -> bool:
    """Keep a comment, shown or held; False where its page has brought another one."""
    digest = digest_of(written.text)
    told = Told(
        text=written.text,
        name=written.name,
        trap=written.trap,
        age=written.age,
        is_touched=written.is_touched,
        is_robot=written.is_robot,
        is_repeated=is_repeated(session, written.box.id, digest, written.now),
    )
    sifted = sift(told)
    values = {
        "merchant_id": written.box.merchant_id,
        "box_id": written.box.id,
        "nonce": written.nonce,
        "level": sifted.level.value,
        "reasons": [doubt.value for doubt in sifted.doubts],
        "name": written.name,
        "text": written.text,
        "digest": digest,
        "locale": written.locale,
        "client": written.client,
        "at": written.now,
    }
    return add_comment(session, values) or came_before(session, written)
