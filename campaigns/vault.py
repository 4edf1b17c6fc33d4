"""What must not be read from a stolen database is sealed with a key that is not in it."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from campaigns.errors import SettingsError


class Vault:
    """Seals with the newest secret key, opens with any; fingerprints what must be found again."""

    def __init__(self, secret_keys: tuple[str, ...]) -> None:
        self._secret_keys = secret_keys
        self._fernet = MultiFernet([Fernet(_derive(key)) for key in secret_keys])

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SettingsError(
                "A stored secret cannot be opened; put the SECRET_KEY it was sealed with into SECRET_KEY_FALLBACKS."
            ) from None

    def marks(self, scope: str, text: str) -> tuple[str, ...]:
        """Return what tells a secret again without holding it, by the newest key first and then by each older one."""
        said = f"askwell.mark.{scope}.{text}".encode()
        return tuple(hmac.new(_derive(key), said, hashlib.sha256).hexdigest() for key in self._secret_keys)


def fingerprint(merchant_id: int, address: str) -> str:
    """Return what stands for an address after it is erased; differs from merchant to merchant.

    Deliberately not keyed with SECRET_KEY: rotating that key must never forget who unsubscribed.
    """
    return hmac.new(f"askwell.contact.{merchant_id}".encode(), address.encode(), hashlib.sha256).hexdigest()


def _derive(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"askwell.vault." + key.encode()).digest())
