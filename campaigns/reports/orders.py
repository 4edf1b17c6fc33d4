"""The latest orders of a merchant, each with what every campaign decided about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience.asking import Asking
from campaigns.audience.contact import Contact
from campaigns.catalog.campaign import campaigns_of
from campaigns.catalog.version import CampaignVersion
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message, messages_of
from campaigns.enrollment.note import Note, notes_on
from campaigns.enrollment.states import MessageKind
from campaigns.intake.purchase import Purchase, latest_purchases
from campaigns.intake.receipt import ReceiptState, count_by_state
from campaigns.merchants.store import Store, stores_of
from campaigns.reports.scores import versions_of
from campaigns.reports.story import Facts, Story, happened, tell
from campaigns.responses.response import Response

SHOWN = 50
WEBHOOKS = {
    ReceiptState.NEW: "waiting to be worked off",
    ReceiptState.DONE: "worked off",
    ReceiptState.IGNORED: "of a topic that means nothing here",
    ReceiptState.STUCK: "stuck, tried again every hour",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    order_id: str
    store: str
    is_test: bool
    received_at: datetime
    happened: str
    stories: list[tuple[str, Story]]  # campaign name, what became of it there


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    lines: list[OrderLine]
    stores: list[Store]
    webhooks: list[tuple[ReceiptState, str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    zone: str
    stores: Mapping[int, Store]
    campaigns: list[tuple[str, CampaignVersion]]  # name and newest version
    enrollments: Mapping[tuple[int, int], Enrollment]  # by purchase and campaign
    letters: Mapping[tuple[int, str], Message]  # by enrollment and kind
    responses: Mapping[int, Response]
    notes: Mapping[int, Note]  # the latest thing said instead of an answer, by enrollment
    asking: Mapping[int, str]  # how often each buyer wants to be asked
    versions: Mapping[int, CampaignVersion]


def latest_orders(session: Session, merchant_id: int, zone: str) -> Orders:
    """Read the latest orders and all that was decided about them, in a fixed number of queries."""
    purchases = latest_purchases(session, merchant_id, SHOWN)
    stores = stores_of(session, merchant_id)
    found = _find(session, merchant_id, purchases, {store.id: store for store in stores}, zone)
    numbers = count_by_state(session, [store.id for store in stores])
    return Orders(
        lines=[_line(purchase, found) for purchase in purchases],
        stores=stores,
        webhooks=[(state, words, numbers[state]) for state, words in WEBHOOKS.items() if numbers.get(state)],
    )


def _find(
    session: Session, merchant_id: int, purchases: list[Purchase], stores: Mapping[int, Store], zone: str
) -> _Found:
    campaigns = campaigns_of(session, merchant_id)
    versions = versions_of(session, [each.id for each in campaigns])
    newest = {version.campaign_id: version for version in reversed(versions)}
    about = Enrollment.purchase_id.in_([purchase.id for purchase in purchases])
    enrollments = list(session.scalars(select(Enrollment).where(Enrollment.merchant_id == merchant_id, about)))
    ids = [each.id for each in enrollments]
    answers = session.scalars(select(Response).where(Response.enrollment_id.in_(ids)))
    return _Found(
        zone=zone,
        stores=stores,
        campaigns=[(each.name, newest[each.id]) for each in campaigns if each.id in newest],
        enrollments={(each.purchase_id, each.campaign_id): each for each in enrollments},
        letters={(letter.enrollment_id, letter.kind): letter for letter in messages_of(session, ids)},
        responses={answer.enrollment_id: answer for answer in answers},
        notes={note.enrollment_id: note for note in reversed(notes_on(session, ids))},
        asking=_wishes(session, purchases),
        versions={version.id: version for version in versions},
    )


def _wishes(session: Session, purchases: list[Purchase]) -> dict[int, str]:
    ids = [purchase.contact_id for purchase in purchases if purchase.contact_id is not None]
    rows = session.execute(select(Contact.id, Contact.asking).where(Contact.id.in_(ids)))
    return {row.id: row.asking for row in rows}


def _line(purchase: Purchase, found: _Found) -> OrderLine:
    return OrderLine(
        order_id=purchase.order_id,
        store=found.stores[purchase.store_id].kind,
        is_test=purchase.is_test,
        received_at=purchase.received_at,
        happened=happened(purchase, found.zone),
        stories=[(name, tell(_facts(purchase, version, found))) for name, version in found.campaigns],
    )


def _facts(purchase: Purchase, newest: CampaignVersion, found: _Found) -> Facts:
    enrollment = found.enrollments.get((purchase.id, newest.campaign_id))
    version = found.versions[enrollment.version_id] if enrollment else newest
    enrollment_id = enrollment.id if enrollment else 0
    return Facts(
        purchase=purchase,
        trigger=version.definition.trigger,
        enrollment=enrollment,
        invitation=found.letters.get((enrollment_id, MessageKind.INVITATION)),
        reminder=found.letters.get((enrollment_id, MessageKind.REMINDER)),
        response=found.responses.get(enrollment_id),
        note=found.notes.get(enrollment_id),
        asking=Asking(found.asking.get(purchase.contact_id or 0, Asking.ALWAYS)),
        highest=version.definition.scale.highest,
        zone=found.zone,
    )
