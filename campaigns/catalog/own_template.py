"""A merchant's own letter template; each version is kept for ever, so that every letter can be explained.

A campaign names one as "own/NAME". When the campaign is applied, that becomes "own/NAME@NUMBER" in the
version of the campaign, and whoever is enrolled under it gets letters of that number to the end.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, String, UniqueConstraint, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.catalog.definition import OWN_TEMPLATE, Definition
from campaigns.database import Base, BigId
from campaigns.errors import AskwellError, InvalidCampaign, NotFound
from campaigns.merchants.merchant import Merchant


class OwnTemplateRow(Base):
    __tablename__ = "own_template"
    __table_args__ = (UniqueConstraint("merchant_id", "name", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    name: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    sources: Mapped[dict[str, Any]]  # the text of each file by its path: "invitation/body.mjml"
    created_at: Mapped[datetime]


class Reference(NamedTuple):
    """Which version of whose template."""

    merchant_id: int
    name: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTemplate:
    """One version, as letters are written from it."""

    reference: Reference
    sources: Mapping[str, str] = field(repr=False)
    key: str  # tells it from any other template, of whatever merchant and in whatever database

    @property
    def title(self) -> str:
        return f"own/{self.reference.name}@{self.reference.number}"


def own_template(reference: Reference, sources: Mapping[str, str]) -> OwnTemplate:
    digest = hashlib.sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()
    key = f"own/{reference.merchant_id}/{reference.name}@{reference.number}/{digest[:16]}"
    return OwnTemplate(reference=reference, sources=sources, key=key)


def check_name(name: str) -> None:
    """Raise AskwellError unless campaigns can call a template that."""
    if "@" in name or not OWN_TEMPLATE.fullmatch(f"own/{name}"):
        raise AskwellError(f"{name!r} is no name for a template; it is small letters, digits, - and _, at most 40.")


def add_version(
    session: Session, merchant_id: int, name: str, sources: Mapping[str, str], now: datetime
) -> OwnTemplateRow:
    """Keep a template as the newest version by its name; what is the newest already makes no new one."""
    check_name(name)
    # One after another: two who store at once must not both become the same number.
    session.execute(select(Merchant.id).where(Merchant.id == merchant_id).with_for_update())
    latest = _newest(session, merchant_id, name)
    if latest is not None and latest.sources == dict(sources):
        return latest
    row = OwnTemplateRow(merchant_id=merchant_id, name=name, number=(latest.number if latest else 0) + 1)
    row.sources, row.created_at = dict(sources), now
    session.add(row)
    session.flush()
    return row


def get_row(session: Session, merchant_id: int, name: str, number: int | None = None) -> OwnTemplateRow:
    """Return a version of a merchant's template, the newest where none is named; raises NotFound."""
    if number is None:
        row = _newest(session, merchant_id, name)
    else:
        row = session.scalars(
            select(OwnTemplateRow).filter_by(merchant_id=merchant_id, name=name, number=number)
        ).first()
    if row is None:
        which = f"own/{name}" if number is None else f"own/{name}@{number}"
        raise NotFound(f"Merchant {merchant_id} has no template {which}.")
    return row


def rows_of(session: Session, merchant_id: int) -> list[OwnTemplateRow]:
    """Return every version of every template of a merchant."""
    query = select(OwnTemplateRow).where(OwnTemplateRow.merchant_id == merchant_id)
    return list(session.scalars(query.order_by(OwnTemplateRow.name, OwnTemplateRow.number)))


def settled(session: Session, merchant_id: int, definition: Definition) -> Definition:
    """Return a definition whose own template has its number; raises InvalidCampaign where there is no such template."""
    if not (found := OWN_TEMPLATE.fullmatch(definition.template)):
        return definition
    try:
        row = get_row(session, merchant_id, found[1], int(found[2]) if found[2] else None)
    except NotFound as error:
        raise InvalidCampaign(
            f"template is {definition.template!r}; {error} `flask template apply` stores one."
        ) from None
    title = f"own/{row.name}@{row.number}"
    return replace(definition, template=title, source={**definition.source, "template": title})


def reference_of(merchant_id: int, template: str) -> Reference | None:
    """Return which version a settled definition's template names; None where it is one of the house's."""
    found = OWN_TEMPLATE.fullmatch(template)
    return Reference(merchant_id, found[1], int(found[2])) if found and found[2] else None


def own_template_of(session: Session, merchant_id: int, definition: Definition) -> OwnTemplate | None:
    """Return the own template that a definition names, None where it names one of the house's.

    Raises InvalidCampaign where this merchant has no such template.
    """
    wanted = reference_of(merchant_id, settled(session, merchant_id, definition).template)
    return OwnTemplates().gather(session, {wanted})[wanted] if wanted else None


class OwnTemplates:
    """Reads templates, each once: a version never changes."""

    def __init__(self) -> None:
        self._known: dict[Reference, OwnTemplate] = {}

    def gather(self, session: Session, wanted: Collection[Reference]) -> Mapping[Reference, OwnTemplate]:
        """Return what is known by now, those wanted among it as far as they exist: one query however many are new."""
        if missing := set(wanted) - self._known.keys():
            row = OwnTemplateRow
            query = select(row).where(
                tuple_(row.merchant_id, row.name, row.number).in_([tuple(each) for each in missing])
            )
            for found in session.scalars(query):
                reference = Reference(found.merchant_id, found.name, found.number)
                self._known[reference] = own_template(reference, found.sources)
        return self._known


def _newest(session: Session, merchant_id: int, name: str) -> OwnTemplateRow | None:
    query = select(OwnTemplateRow).filter_by(merchant_id=merchant_id, name=name)
    return session.scalars(query.order_by(OwnTemplateRow.number.desc()).limit(1)).first()
