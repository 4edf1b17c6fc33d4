"""A machine remembers the last letter it saw on record, so that an older copy of the database gives itself away.

It stays where the journals are, outside of the database: a database restored from a backup would send
again what left after that backup was made. Only a command ends that, `sending restored`: it leaves a row
by which every machine knows that its own memory is settled.
"""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery.recovery import journals_of
from campaigns.enrollment.message import Message
from campaigns.enrollment.restoration import latest_restoration
from campaigns.enrollment.states import HELD, PENDING
from campaigns.house import House
from campaigns.merchants.merchant import Merchant

NAME = "watermark"
EVERY = 1.0  # seconds between two marks, at least
OBJECTION = (
    "This database is an older copy of the one in which message {0.message_id} was on record as sent"
    " ({0.at:%Y-%m-%d %H:%M} UTC); if a backup was restored, run `flask --app wsgi sending restored`."
)
BEFORE_SENT = PENDING | HELD  # a letter on record as sent is never in one of these again


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A letter that was on record as sent, and in which database."""

    database: str
    restored_at: datetime | None  # the latest restoration that database knew of
    message_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a database knows of itself and of the marked letter."""

    database: str  # since when it has had its first merchant: the same in every copy, and in no other
    restored_at: datetime | None
    state: str | None  # None: it has no such letter


def is_older_copy(mark: Mark, view: View) -> bool:
    """Whether a database has forgotten what a mark remembers, and nobody has settled that since."""
    if mark.database != view.database:
        return False
    if mark.restored_at != view.restored_at:
        return view.restored_at is None or (mark.restored_at is not None and view.restored_at < mark.restored_at)
    return view.state is None or view.state in BEFORE_SENT


class Watermark:
    """The mark of one machine, as one sender sees and moves it."""

    def __init__(self, house: House) -> None:
        self._database = house.database
        self._path = journals_of(house) / NAME
        self._view: View | None = None
        self._marked, self._marked_at = 0, 0.0

    def objection(self) -> str:
        """Look once, before anything leaves, and return in a sentence why nothing may; or nothing."""
        mark = _read(self._path)
        with self._database.reading() as session:
            self._view = _view(session, mark)
        return OBJECTION.format(mark) if mark and is_older_copy(mark, self._view) else ""

    def rise(self, message_id: int, now: datetime, at_once: bool = False) -> None:
        """Mark the last letter on record as sent, once a second is enough; 0 where there was none."""
        if message_id == self._marked or self._view is None:
            return
        if at_once or time.monotonic() - self._marked_at >= EVERY:
            self._marked, self._marked_at = message_id, time.monotonic()
            view = self._view
            mark = Mark(database=view.database, restored_at=view.restored_at, message_id=message_id, at=now)
            with suppress(OSError):  # a full disk: the older mark holds as well
                _write(self._path, mark)


def _view(session: Session, mark: Mark | None) -> View:
    first_merchant = select(Merchant.created_at).order_by(Merchant.id).limit(1)
    since = session.scalar(first_merchant)
    state = session.scalar(select(Message.state).where(Message.id == mark.message_id)) if mark else None
    restored_at = latest_restoration(session)
    return View(database=since.isoformat() if since else "", restored_at=restored_at, state=state)


def _read(path: Path) -> Mark | None:
    """Read a mark; one that cannot be read, as after a power cut, says nothing."""
    try:
        told = json.loads(path.read_bytes())
        restored_at = told["restored_at"] and datetime.fromisoformat(told["restored_at"])
        at = datetime.fromisoformat(told["at"])
        return Mark(database=told["database"], restored_at=restored_at, message_id=told["message"], at=at)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, mark: Mark) -> None:
    restored_at = mark.restored_at and mark.restored_at.isoformat()
    told = {"message": mark.message_id, "at": mark.at.isoformat()}
    told |= {"database": mark.database, "restored_at": restored_at}
    new = path.with_name(f"{NAME}.{os.getpid()}.new")  # other senders of this machine write it, too
    new.write_text(json.dumps(told))
    new.replace(path)
