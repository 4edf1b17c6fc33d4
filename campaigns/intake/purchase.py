"""A genuine purchase is recorded exactly once, however often and in whatever order its webhooks arrive."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, UniqueConstraint, false, select, text, true, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, insert_if_absent
from campaigns.intake.event import EventKind, OrderEvent

MOMENTS = {
    EventKind.PLACED: "placed_at",
    EventKind.PAID: "paid_at",
    EventKind.FULFILLED: "fulfilled_at",
    EventKind.DELIVERED: "delivered_at",
    EventKind.CANCELLED: "cancelled_at",
    EventKind.REFUNDED: "refunded_at",
}
UNDECIDED = text("is_undecided")


class Purchase(Base):
    __tablename__ = "purchase"
    __table_args__ = (
        UniqueConstraint("store_id", "order_id"),
        Index("ix_purchase_undecided", "id", sqlite_where=UNDECIDED, postgresql_where=UNDECIDED),
        Index("ix_purchase_merchant", "merchant_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    order_id: Mapped[str] = mapped_column(String(200))  # text: Shopify's ids exceed 2^53
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    address_problem: Mapped[str] = mapped_column(String(20), default="")  # "", missing, invalid, relay
    is_test: Mapped[bool] = mapped_column(default=False)
    placed_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    fulfilled_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    refunded_at: Mapped[datetime | None]
    is_refunded_in_full: Mapped[bool] = mapped_column(default=False, server_default=false())
    described: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # field → as of which event
    locale: Mapped[str] = mapped_column(String(35), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    total: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    currency: Mapped[str] = mapped_column(String(3), default="")
    basis: Mapped[str] = mapped_column(String(40), default="")
    tags: Mapped[list[Any]] = mapped_column(JSON, default=list)
    items: Mapped[list[Any]] = mapped_column(JSON, default=list)
    refunds: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # refund → item → pieces, null for all
    extra: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    revision: Mapped[int] = mapped_column(default=0)
    is_undecided: Mapped[bool] = mapped_column(default=True, server_default=true())
    received_at: Mapped[datetime]

    @property
    def kept_items(self) -> list[dict[str, Any]]:
        """The items that did not come back."""
        return kept_items(self.items, self.refunds)

    @property
    def is_refunded(self) -> bool:
        """Whether nothing of this order is left to ask about."""
        return self.is_refunded_in_full or nothing_is_left(self.items, self.refunds)

    def moment(self, kind: EventKind) -> datetime | None:
        """Return when something happened to this order, by the shop's own clock."""
        moment: datetime | None = getattr(self, MOMENTS[kind])
        return moment


def kept_items(items: list[dict[str, Any]], refunds: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the items that did not come back, by what came back with each refund."""
    return [item for item in items if not _came_back(item, refunds)] if refunds else items


def nothing_is_left(items: list[dict[str, Any]], refunds: dict[str, Any]) -> bool:
    return bool(items and refunds) and not kept_items(items, refunds)


def _came_back(item: dict[str, Any], refunds: dict[str, Any]) -> bool:
    pieces = [refund[item["id"]] for refund in refunds.values() if item["id"] in refund]
    return None in pieces or sum(pieces) >= max(1, item["quantity"])


def open_purchase(session: Session, merchant_id: int, store_id: int, order_id: str, now: datetime) -> Purchase:
    """Find or make the one row of an order, locked until this transaction ends."""
    key: dict[str, Any] = {"store_id": store_id, "order_id": order_id}
    blank = {"tags": [], "items": [], "refunds": {}, "extra": {}, "described": {}, "received_at": now, "revision": 0}
    blank |= dict.fromkeys(("address_problem", "locale", "timezone", "country", "currency", "basis"), "")
    blank |= {"is_test": False, "merchant_id": merchant_id}
    insert_if_absent(session, Purchase, {**key, **blank})
    return session.scalars(select(Purchase).filter_by(**key).with_for_update()).one()


def merge(purchase: Purchase, event: OrderEvent, at: datetime) -> None:
    """Let an order know one more event, that happened at a time we believe.

    Merging comes out the same in every order, and twice is as once.
    """
    _happened(purchase, MOMENTS[event.kind], at)
    if event.cancelled_at is not None:
        _happened(purchase, "cancelled_at", event.cancelled_at)
    purchase.is_test = purchase.is_test or event.is_test
    if event.refund is not None:
        purchase.is_refunded_in_full = purchase.is_refunded_in_full or event.refund.is_full
        purchase.refunds = {**purchase.refunds, event.refund.id: event.refund.pieces}
    _describe(purchase, event, at)
    purchase.revision += 1
    purchase.is_undecided = True


def as_of_event(event: OrderEvent, at: datetime) -> str:
    """Return what orders two events, the same whichever comes first: when, and of two at once which kind."""
    return f"{at.isoformat()} {event.kind}"


def next_undecided(session: Session, after_id: int) -> Purchase | None:
    """Take the next purchase that changed since it was last decided on and that nobody holds."""
    query = select(Purchase).where(UNDECIDED, Purchase.id > after_id).order_by(Purchase.id).limit(1)
    return session.scalars(query.with_for_update(skip_locked=True)).first()


def mark_decided(session: Session, purchase: Purchase) -> None:
    session.execute(update(Purchase).where(Purchase.id == purchase.id).values(is_undecided=False))


def find_purchases(session: Session, merchant_id: int, order_id: str) -> list[Purchase]:
    query = select(Purchase).where(Purchase.merchant_id == merchant_id, Purchase.order_id == order_id)
    return list(session.scalars(query.order_by(Purchase.id)))


def latest_purchases(session: Session, merchant_id: int, limit: int) -> list[Purchase]:
    query = select(Purchase).where(Purchase.merchant_id == merchant_id).order_by(Purchase.id.desc())
    return list(session.scalars(query.limit(limit)))


def _happened(purchase: Purchase, name: str, at: datetime) -> None:
    """Keep the latest time: an order that is sent again is asked about after the second parcel."""
    known: datetime | None = getattr(purchase, name)
    setattr(purchase, name, at if known is None else max(known, at))


def _describe(purchase: Purchase, event: OrderEvent, at: datetime) -> None:
    """Let each field be what the latest event that knew it said."""
    told: dict[str, Any] = {
        name: getattr(event, name) for name in ("locale", "timezone", "country", "currency", "total", "basis")
    }
    told["tags"] = list(event.tags)
    told["items"] = [asdict(item) for item in event.items]
    told |= {f"extra.{name}": value for name, value in event.extra.items()}
    as_of, described = as_of_event(event, at), dict(purchase.described)
    for name, value in told.items():
        if value and as_of >= described.get(name, ""):
            described[name] = as_of
            _set(purchase, name, value)
    purchase.described = described


def _set(purchase: Purchase, name: str, value: object) -> None:
    if name.startswith("extra."):
        purchase.extra = {**purchase.extra, name.removeprefix("extra."): value}
    else:
        setattr(purchase, name, value)


def purchases_of(session: Session, contact_id: int) -> list[Purchase]:
    return list(session.scalars(select(Purchase).where(Purchase.contact_id == contact_id).order_by(Purchase.id)))


def forget_purchases(session: Session, contact_id: int) -> None:
    """Delete what shops told beside a person's orders: nobody knows what stands in fields we do not know."""
    session.execute(update(Purchase).where(Purchase.contact_id == contact_id).values(extra={}))
