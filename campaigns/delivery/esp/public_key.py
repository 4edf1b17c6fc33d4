"""Signatures that are checked with a public key: whoever reads our database cannot make one."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import load_pem_x509_certificate

from campaigns.errors import BadSignature, SettingsError


def check_rsa(certificate: bytes, signature: str, signed: bytes, is_sha256: bool) -> None:
    """Check a base64 signature (PKCS #1 v1.5) by the key of a certificate; raises BadSignature."""
    try:
        key = load_pem_x509_certificate(certificate).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise BadSignature("The certificate holds no RSA key.")
        digest = hashes.SHA256() if is_sha256 else hashes.SHA1()  # noqa: S303  # SNS still signs so where not told otherwise
        key.verify(_decoded(signature), signed, padding.PKCS1v15(), digest)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        raise BadSignature("The signature does not match the message.") from None


def check_ecdsa(public_key: str, signature: str, signed: bytes) -> None:
    """Check a base64 signature (ECDSA, SHA-256) by a base64 key; raises BadSignature."""
    try:
        elliptic_key(public_key).verify(_decoded(signature), signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        raise BadSignature("The signature does not match the body; check the source's public key.") from None


def elliptic_key(text: str) -> ec.EllipticCurvePublicKey:
    """Return the key that SendGrid shows, base64 of DER with or without the lines of PEM; raises SettingsError."""
    bare = "".join(line for line in text.split() if line and "-" not in line and line not in {"PUBLIC", "BEGIN", "END"})
    try:
        key = serialization.load_der_public_key(base64.b64decode(bare, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SettingsError("--public-key is not the verification key that SendGrid shows.")
    return key


def _decoded(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except binascii.Error:
        raise BadSignature("The signature is not base64.") from None
