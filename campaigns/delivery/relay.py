"""A relay is one SMTP server a merchant sends through; several share letters by weight and stand in for each other."""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Float, ForeignKey, String, Text, UniqueConstraint, false, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId
from campaigns.delivery.server import Server
from campaigns.errors import AskwellError, NotFound, SettingsError
from campaigns.settings import Settings
from campaigns.vault import Vault

log = logging.getLogger(__name__)

HOUSE = 0  # the key of the relay of SMTP_URL, which has no row


class Relay(Base):
    __tablename__ = "relay"
    __table_args__ = (UniqueConstraint("merchant_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    name: Mapped[str] = mapped_column(String(60))
    sealed_url: Mapped[str] = mapped_column(Text)  # as SMTP_URL, encrypted by the vault: it holds a password
    weight: Mapped[int] = mapped_column(default=1)  # its share among the relays of the same tier
    tier: Mapped[int] = mapped_column(default=0)  # the next tier serves only while the one before it cannot
    connections: Mapped[int] = mapped_column(default=4)  # of one worker at once
    letters_per_second: Mapped[float | None] = mapped_column(Float)  # over all workers; None: as fast as it takes them
    warm_up_from: Mapped[date | None]  # the first day of a new address, which starts slowly
    signs: Mapped[bool] = mapped_column(default=False, server_default=false())  # DKIM is the relay's: we do not sign
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime]

    def server(self, vault: Vault) -> Server:
        """Return where it is and how to sign in there; raises SettingsError."""
        return Server.from_url(vault.unseal(self.sealed_url))


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayPlan:
    """All that sending needs to know of a relay."""

    key: int  # the number of its row, or HOUSE
    server: Server
    weight: int = 1
    tier: int = 0
    connections: int = 4
    rate: float | None = None
    warm_up_from: date | None = None
    signs: bool = False


def house_relay(settings: Settings) -> RelayPlan:
    """Return the relay of merchants who have none of their own."""
    server = Server.from_url(settings.smtp_url)
    return RelayPlan(key=HOUSE, server=server, rate=settings.smtp_pace, connections=settings.smtp_connections)


def plans_of(session: Session, vault: Vault, merchant_id: int, house: RelayPlan) -> tuple[RelayPlan, ...]:
    """Return the relays a merchant's letters may leave by, of which there may be none now.

    Who has relays never sends by the house's, not even while all of them are paused: a letter from
    a server its domain does not vouch for does the merchant more harm than a late one.
    """
    relays = relays_of(session, merchant_id)
    plans = (_plan(relay, vault) for relay in relays if relay.is_active)
    return tuple(plan for plan in plans if plan is not None) if relays else (house,)


def _plan(relay: Relay, vault: Vault) -> RelayPlan | None:
    try:
        server = relay.server(vault)
    except SettingsError as error:  # of one merchant; all others go on
        log.error("relay %s cannot be used: %s", relay.id, error)
        return None
    return RelayPlan(
        key=relay.id,
        server=server,
        weight=relay.weight,
        tier=relay.tier,
        connections=relay.connections,
        rate=relay.letters_per_second,
        warm_up_from=relay.warm_up_from,
        signs=relay.signs,
    )


def add_relay(session: Session, vault: Vault, relay: Relay, url: str) -> Relay:
    """Keep a new relay, its URL sealed; raises SettingsError where that is none."""
    Server.from_url(url)
    taken = select(Relay.id).where(Relay.merchant_id == relay.merchant_id, Relay.name == relay.name)
    if session.scalar(taken) is not None:
        raise AskwellError(f"Merchant {relay.merchant_id} has a relay of that name; choose another.")
    relay.sealed_url = vault.seal(url)
    session.add(relay)
    session.flush()
    return relay


def get_relay(session: Session, merchant_id: int, relay_id: int) -> Relay:
    """Return a merchant's relay; raises NotFound, also for another merchant's."""
    relay = session.get(Relay, relay_id)
    if relay is None or relay.merchant_id != merchant_id:
        raise NotFound(f"Merchant {merchant_id} has no relay {relay_id}.")
    return relay


def relays_of(session: Session, merchant_id: int) -> list[Relay]:
    query = select(Relay).where(Relay.merchant_id == merchant_id)
    return list(session.scalars(query.order_by(Relay.tier, Relay.id)))


def set_active(session: Session, relay: Relay, is_active: bool) -> None:
    relay.is_active = is_active
    session.flush()


def remove_relay(session: Session, relay: Relay) -> None:
    """Forget a relay and its password; the letters it took keep its number."""
    session.delete(relay)
    session.flush()
