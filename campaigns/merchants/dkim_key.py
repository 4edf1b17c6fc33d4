"""A DKIM key signs the letters of one domain; its private half is kept encrypted and never shown."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import count

import idna
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, insert_if_absent
from campaigns.errors import AskwellError, NotFound
from campaigns.merchants.key_pair import Algorithm, Record, new_private_key, public_value
from campaigns.vault import Vault

LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})+")
SELECTOR = re.compile(rf"{LABEL}(?:\.{LABEL})*")
LONGEST_DOMAIN, LONGEST_SELECTOR = 253, 63


class DkimKey(Base):
    __tablename__ = "dkim_key"
    __table_args__ = (UniqueConstraint("merchant_id", "domain", "selector"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    domain: Mapped[str] = mapped_column(String(253))
    selector: Mapped[str] = mapped_column(String(63))
    algorithm: Mapped[str] = mapped_column(String(10))
    sealed_key: Mapped[str] = mapped_column(Text)  # PEM, encrypted by the vault
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]  # signs nothing from then on; its record may stay in the DNS

    def record(self, vault: Vault) -> Record:
        """Return what is to be published, before the key's signatures count."""
        value = public_value(vault.unseal(self.sealed_key), Algorithm(self.algorithm))
        return Record(f"{self.selector}._domainkey.{self.domain}", value)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyName:
    """Whose letters a key signs, and where its record is found."""

    merchant_id: int
    domain: str  # as `ascii_domain` returns it
    selector: str


def ascii_domain(text: str) -> str:
    """Return a domain as signatures and the DNS spell it; raises AskwellError."""
    domain = text.strip().rstrip(".").lower()
    try:
        domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        domain = ""
    if len(domain) > LONGEST_DOMAIN or not DOMAIN.fullmatch(domain):
        raise AskwellError(f"{text!r} is not a domain; it is a name like shop.example.")
    return domain


def covers(domain: str, from_domain: str) -> bool:
    """Whether a key of `domain` speaks for letters from `from_domain`: DMARC's relaxed alignment."""
    return f".{from_domain}".endswith(f".{domain}")


def create_key(session: Session, vault: Vault, name: KeyName, algorithm: Algorithm, now: datetime) -> DkimKey:
    """Make a key that signs from now on; raises AskwellError where its name in the DNS is taken."""
    selector = name.selector.strip().lower()
    if len(selector) > LONGEST_SELECTOR or not SELECTOR.fullmatch(selector):
        raise AskwellError(f"The selector {name.selector!r} is not letters, digits and hyphens, as in askwell1.")
    values = {"merchant_id": name.merchant_id, "domain": name.domain, "selector": selector}
    values |= {"algorithm": algorithm.value, "sealed_key": vault.seal(new_private_key(algorithm)), "created_at": now}
    key_id = None if selector in _taken(session, name.domain) else insert_if_absent(session, DkimKey, values)
    if key_id is None:
        raise AskwellError(f"The selector {selector} of {name.domain} has a key already; choose another.")
    return session.get_one(DkimKey, key_id)


def free_selector(session: Session, domain: str) -> str:
    """Return a selector that no key of a domain ever had here: old records stay in caches."""
    taken = _taken(session, domain)
    return next(name for number in count(1) if (name := f"askwell{number}") not in taken)


def keys_of(session: Session, merchant_id: int) -> list[DkimKey]:
    return list(session.scalars(select(DkimKey).where(DkimKey.merchant_id == merchant_id).order_by(DkimKey.id)))


def active_keys(session: Session, merchant_id: int, from_domain: str) -> list[DkimKey]:
    """Return the keys that sign a merchant's letters from a domain, RSA first: not everybody reads Ed25519.

    All of them sign: while a new key's record is still unknown to some resolvers, the old one's counts.
    """
    labels = from_domain.split(".")
    parents = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    of = select(DkimKey).where(DkimKey.merchant_id == merchant_id, DkimKey.domain.in_(parents))
    return list(session.scalars(of.where(DkimKey.retired_at.is_(None)).order_by(DkimKey.algorithm.desc(), DkimKey.id)))


def retire_key(session: Session, merchant_id: int, key_id: int, now: datetime) -> DkimKey:
    """Sign nothing more with a key; raises NotFound, also for another merchant's."""
    key = session.get(DkimKey, key_id)
    if key is None or key.merchant_id != merchant_id:
        raise NotFound(f"Merchant {merchant_id} has no key {key_id}.")
    still = update(DkimKey).where(DkimKey.id == key_id, DkimKey.retired_at.is_(None))
    session.execute(still.values(retired_at=now))
    session.refresh(key)
    return key


def _taken(session: Session, domain: str) -> set[str]:
    """Return the selectors of a domain, whosever keys they are: one name in the DNS holds one record."""
    return set(session.scalars(select(DkimKey.selector).where(DkimKey.domain == domain)))
