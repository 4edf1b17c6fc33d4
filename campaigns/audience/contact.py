"""A contact is one person at one merchant, found by a fingerprint that outlives the address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.audience.asking import Asking
from campaigns.audience.suppression import SuppressionReason, is_suppressed_for
from campaigns.database import Base, BigId, insert_if_absent
from campaigns.vault import fingerprint


class Contact(Base):
    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("merchant_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    email: Mapped[str | None] = mapped_column(String(320))  # None once erased
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    locale: Mapped[str] = mapped_column(String(35), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    asking: Mapped[str] = mapped_column(String(10), default=Asking.ALWAYS.value, server_default=Asking.ALWAYS.value)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a purchase says of its buyer; empty where it says nothing."""

    email: str  # normalised by address.normalise
    first_name: str = ""
    last_name: str = ""
    locale: str = ""
    timezone: str = ""
    country: str = ""


def find_contact(session: Session, merchant_id: int, email: str) -> Contact | None:
    found = select(Contact).where(
        Contact.merchant_id == merchant_id, Contact.fingerprint == fingerprint(merchant_id, email)
    )
    return session.scalars(found).one_or_none()


def remember(session: Session, merchant_id: int, person: Person, now: datetime) -> Contact:
    """Find or make the contact of a buyer, and learn what this purchase adds about them.

    Of somebody who asked to be forgotten nothing is learned again.
    """
    key = {"merchant_id": merchant_id, "fingerprint": fingerprint(merchant_id, person.email)}
    insert_if_absent(session, Contact, {**key, "created_at": now, "updated_at": now})
    contact = session.scalars(select(Contact).filter_by(**key).with_for_update()).one()
    if is_suppressed_for(session, merchant_id, contact.fingerprint, SuppressionReason.ERASED):
        return contact
    contact.email = person.email
    for name in ("first_name", "last_name", "locale", "timezone", "country"):
        if value := getattr(person, name):
            setattr(contact, name, value)
    contact.updated_at = now
    session.flush()
    return contact


def lock_contact(session: Session, contact_id: int) -> Contact:
    """Return a contact that no other decision can read until this transaction ends."""
    query = select(Contact).where(Contact.id == contact_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def fingerprints_of(session: Session, contact_ids: Iterable[int]) -> dict[int, str]:
    """Return what stands for some people, by contact."""
    query = select(Contact.id, Contact.fingerprint).where(Contact.id.in_(contact_ids))
    return {row.id: row.fingerprint for row in session.execute(query)}


def erase_contact(session: Session, contact: Contact, now: datetime) -> None:
    """Forget who a contact is; the fingerprint stays, so that they are never asked again."""
    contact.email = None
    contact.first_name = contact.last_name = contact.locale = contact.timezone = contact.country = ""
    contact.asking = Asking.ALWAYS
    contact.updated_at = now
    session.flush()


def choose_asking(session: Session, contact: Contact, asking: Asking, now: datetime) -> None:
    """Keep how often a person lets this merchant ask."""
    contact.asking, contact.updated_at = asking.value, now
    session.flush()
