"""Reads what letters are decided on and written from: for any number of them in the same few queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns.audience.suppression import SuppressionReason, suppressions_of
from campaigns.catalog.campaign import CampaignState
from campaigns.catalog.definition import Definition
from campaigns.catalog.own_template import OwnTemplate, OwnTemplates, reference_of
from campaigns.catalog.version import get_version
from campaigns.clock import first_zone
from campaigns.composition.letter import LetterFacts
from campaigns.delivery.halt import halted_among
from campaigns.delivery.permission import Standing, expiry
from campaigns.delivery.rows import ROWS, SENDERS, Facts, Row, Sender
from campaigns.enrollment.facts import Other, others_of
from campaigns.enrollment.states import MessageKind, MessageState
from campaigns.errors import RenderingError
from campaigns.intake.purchase import kept_items, nothing_is_left
from campaigns.intake.stops import stops_waiting
from campaigns.tags import choose

STAGGER = 60  # seconds over which letters are spread that stood in each other's way
_KINDS = {kind.value: kind for kind in MessageKind}


@dataclass(frozen=True, slots=True)
class Dossier:
    """What one transaction saw of a letter."""

    row: Facts
    merchant: Sender
    definition: Definition
    standing: Standing
    own: OwnTemplate | None = None  # where the definition names a template of the merchant's own

    @property
    def id(self) -> int:
        message_id: int = self.row.id
        return message_id

    @property
    def is_invitation(self) -> bool:
        return bool(self.row.kind == MessageKind.INVITATION)

    @property
    def expires_at(self) -> datetime | None:
        return expiry(self.standing.kind, self.row.planned_at, self.row.closes_at)


@dataclass(slots=True)
class _Beside:
    """What the rows of a batch do not say themselves."""

    merchants: dict[int, Sender]
    halted: set[int]
    suppressions: dict[tuple[int, str], SuppressionReason]
    stops: set[tuple[int, str]]
    others: dict[int | None, list[Other]] = field(default_factory=dict)  # by contact


class Archive:
    """Finds dossiers. Versions never change, so each is read and parsed once."""

    def __init__(self) -> None:
        self._definitions: dict[int, Definition] = {}
        self._own_templates = OwnTemplates()

    def gather(self, session: Session, message_ids: Collection[int]) -> dict[int, Dossier]:
        """Return a dossier for each message, in the order they were named."""
        found: Iterable[Facts] = map(Row._make, session.connection().execute(ROWS, {"ids": message_ids}).all())
        rows: dict[int, Facts] = {row.id: row for row in found}
        beside = _look_beside(session, list(rows.values()))
        own = self._own(session, rows.values())
        dossiers = {}
        for message_id in message_ids:
            if row := rows.get(message_id):
                definition = self._definition(session, row.version_id)
                merchant = beside.merchants[row.merchant_id]
                standing = _standing(row, merchant, definition, beside)
                dossiers[message_id] = Dossier(row, merchant, definition, standing, own.get(row.version_id))
        return dossiers

    def _own(self, session: Session, rows: Iterable[Facts]) -> dict[int, OwnTemplate]:
        """Return the merchants' own templates among those the letters are written with, by campaign version."""
        merchants = {row.version_id: row.merchant_id for row in rows}
        named = {
            version_id: reference
            for version_id, merchant_id in merchants.items()
            if (reference := reference_of(merchant_id, self._definition(session, version_id).template))
        }
        known = self._own_templates.gather(session, set(named.values())) if named else {}
        return {version_id: known[reference] for version_id, reference in named.items() if reference in known}

    def _definition(self, session: Session, version_id: int) -> Definition:
        if version_id not in self._definitions:
            self._definitions[version_id] = get_version(session, version_id).definition
        return self._definitions[version_id]


def _look_beside(session: Session, rows: list[Facts]) -> _Beside:
    merchant_ids = {row.merchant_id for row in rows}
    merchants = map(Sender._make, session.connection().execute(SENDERS, {"ids": merchant_ids}).all())
    fingerprints = {row.fingerprint for row in rows if row.fingerprint}
    return _Beside(
        merchants={merchant.id: merchant for merchant in merchants},
        halted=halted_among(session, merchant_ids),
        suppressions=suppressions_of(session, merchant_ids, fingerprints),
        stops=stops_waiting(session, {(row.store_id, row.order_id) for row in rows}),
        others=others_of(session, {row.contact_id for row in rows if row.contact_id}),
    )


def _standing(row: Facts, merchant: Sender, definition: Definition, beside: _Beside) -> Standing:
    """Return what the permission for a letter is decided on."""
    others = [other for other in beside.others.get(row.contact_id, ()) if other.enrollment_id != row.enrollment_id]
    left = [other.left_at for other in others if other.left_at]
    return Standing(
        kind=_KINDS[row.kind],
        is_stopped=row.stopped_at is not None,
        stop_reason=row.stop_reason,
        has_address=row.email is not None,
        suppression=beside.suppressions.get((row.merchant_id, row.fingerprint)),
        is_test=row.is_test,
        is_cancelled=row.cancelled_at is not None,
        is_refunded=row.is_refunded_in_full or nothing_is_left(row.items, row.refunds),
        stop_is_waiting=(row.store_id, row.order_id) in beside.stops,
        is_active=merchant.is_active and row.merchant_id not in beside.halted,
        is_paused=row.campaign_state == CampaignState.PAUSED,
        planned_at=row.planned_at,
        closes_at=row.closes_at,
        invitation=MessageState(row.invitation_state) if row.invitation_state else None,
        is_held_out=row.is_held_out or not row.may_remind,
        last_letter_at=max(left) if left else None,
        is_beside_another=any(other.goes_before(row.id, row.lease) for other in others),
        stagger=timedelta(seconds=row.id * 7919 % STAGGER),
        cooldown=definition.cooldown,
        hours=definition.hours,
        zone=first_zone(row.timezone, merchant.timezone),
    )


def letter_facts(dossier: Dossier, now: datetime) -> LetterFacts:
    """Return what a letter is written from; raises RenderingError where there is nobody to write to."""
    row, merchant = dossier.row, dossier.merchant
    if row.email is None or row.closes_at is None:
        raise RenderingError("There is nobody to write this letter to.")
    return LetterFacts(
        message_id=row.id,
        enrollment_id=row.enrollment_id,
        kind=dossier.standing.kind,
        merchant_id=merchant.id,
        campaign_id=row.campaign_id,
        version_id=row.version_id,
        definition=dossier.definition,
        merchant_name=merchant.name,
        from_address=merchant.from_address,
        reply_to=merchant.reply_to,
        postal_address=merchant.postal_address,
        look=merchant.look,
        to_address=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        locale=choose(row.locale, merchant.locale),
        timezone=dossier.standing.zone,
        order_id=row.order_id,
        items=tuple(kept_items(row.items, row.refunds)),
        total=row.total,
        currency=row.currency,
        purchased_at=row.placed_at or row.paid_at,
        closes_at=row.closes_at,
        invitation_id=row.invitation_id,
        now=now,
        own=dossier.own,
    )
