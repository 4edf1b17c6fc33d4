"""A key pair is made here: the private half as text to be sealed, the public half as a record for the DNS."""

from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

RSA_BITS = 2048  # RFC 8301 asks for as many; more would not fit the DNS and cost four times the time
LONGEST_STRING = 255  # of one string in a TXT record; a long value is several, which resolvers join


class Algorithm(StrEnum):
    RSA = "rsa"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True)
class Record:
    """A TXT record."""

    name: str
    value: str

    @property
    def zone_line(self) -> str:
        """The record as a zone file has it, its value in strings of a length that DNS can carry."""
        starts = range(0, len(self.value), LONGEST_STRING)
        strings = " ".join(f'"{self.value[start : start + LONGEST_STRING]}"' for start in starts)
        return f"{self.name}. IN TXT ( {strings} )"


def new_private_key(algorithm: Algorithm) -> str:
    if algorithm is Algorithm.RSA:
        key: RSAPrivateKey | Ed25519PrivateKey = generate_private_key(65537, RSA_BITS)
    else:
        key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_value(pem: str, algorithm: Algorithm) -> str:
    """Return what the DNS says of a private key, so that anybody can check what it signed."""
    public = load_pem_private_key(pem.encode(), None).public_key()
    if algorithm is Algorithm.RSA:
        data = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        data = public.public_bytes(Encoding.Raw, PublicFormat.Raw)  # RFC 8463: the bare 32 bytes
    return f"v=DKIM1; k={algorithm}; p={b64encode(data).decode()}"
