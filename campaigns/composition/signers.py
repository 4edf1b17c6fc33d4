"""Whoever may sign a merchant's letters is asked once for each batch, and each key is read once in a process."""

from functools import lru_cache

from sqlalchemy.orm import Session

from campaigns.composition.dkim import Signer, signer
from campaigns.errors import AskwellError
from campaigns.merchants.dkim_key import active_keys, ascii_domain
from campaigns.vault import Vault


def signers_of(session: Session, vault: Vault, merchant_id: int, from_address: str) -> tuple[Signer, ...]:
    """Return a signer for each key that speaks for an address; raises SettingsError where a key cannot be opened."""
    try:
        domain = ascii_domain(from_address.rpartition("@")[2])
    except AskwellError:
        return ()  # no letter can be written from there either, which is said where one is tried
    return tuple(
        _signer(vault, key.domain, key.selector, key.sealed_key) for key in active_keys(session, merchant_id, domain)
    )


@lru_cache(maxsize=1000)
def _signer(vault: Vault, domain: str, selector: str, sealed_key: str) -> Signer:
    return signer(domain, selector, vault.unseal(sealed_key))
