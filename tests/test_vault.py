"""What is sealed is opened by whoever has the key, old or new, and by nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import SettingsError
from campaigns.vault import Vault, fingerprint

OLD, NEW = "o" * 40, "n" * 40


@given(st.text())
def test_a_secret_is_sealed_and_opened(secret: str) -> None:
    sealed = Vault((OLD,)).seal(secret)

    assert Vault((NEW, OLD)).unseal(sealed) == secret
    assert len(secret) < 4 or secret not in sealed


def test_without_its_key_the_error_says_what_to_do() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY_FALLBACKS"):
        Vault((NEW,)).unseal(Vault((OLD,)).seal("hush"))


def test_the_same_person_has_another_fingerprint_at_every_merchant() -> None:
    assert fingerprint(1, "ana@example.com") == fingerprint(1, "ana@example.com")
    assert fingerprint(1, "ana@example.com") != fingerprint(2, "ana@example.com")
