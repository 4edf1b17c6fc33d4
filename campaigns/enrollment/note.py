"""A note is what a customer told us instead of an answer: one of each kind for an enrollment, with its latest time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, insert_if_absent


class NoteKind(StrEnum):
    NOT_ARRIVED = "not_arrived"
    NOT_TRIED = "not_tried"
    WITHDRAWN = "withdrawn"  # an answer was given, and taken back


SENTENCES: dict[NoteKind, str] = {
    NoteKind.NOT_ARRIVED: "The customer said that it has not arrived yet.",
    NoteKind.NOT_TRIED: "The customer said that they have not tried it yet.",
    NoteKind.WITHDRAWN: "The customer took their answer back.",
}


class Note(Base):
    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("enrollment_id", "kind"), Index("ix_note_merchant", "merchant_id", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))  # the letter it was said from
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]

    @property
    def sentence(self) -> str:
        return SENTENCES[NoteKind(self.kind)]


@dataclass(frozen=True, slots=True)
class Letter:
    """Which letter something was said from."""

    merchant_id: int
    enrollment_id: int
    message_id: int


def take_note(session: Session, letter: Letter, kind: NoteKind, now: datetime) -> None:
    """Keep what was said; said again it is as if said now."""
    key = {"enrollment_id": letter.enrollment_id, "kind": kind.value}
    values = {"merchant_id": letter.merchant_id, "message_id": letter.message_id, "at": now}
    if insert_if_absent(session, Note, {**key, **values}) is None:
        session.execute(update(Note).filter_by(**key).values(**values))


def notes_on(session: Session, enrollment_ids: Collection[int]) -> list[Note]:
    """Return what was said about these enrollments, the latest first."""
    query = select(Note).where(Note.enrollment_id.in_(enrollment_ids))
    return list(session.scalars(query.order_by(Note.at.desc(), Note.id.desc())))


def noted_at(session: Session, enrollment_id: int, kind: NoteKind) -> datetime | None:
    """Return when something was said last, None where it never was."""
    return session.scalar(select(Note.at).where(Note.enrollment_id == enrollment_id, Note.kind == kind))
