"""A DKIM signature vouches for a letter's headers and body in the name of its domain, at the speed of OpenSSL.

RFC 6376 with relaxed headers and a simple body, and RFC 8463 for Ed25519. What is signed was written
by ourselves, in lines that end in CRLF, so this canonicalises that and not whatever a mail may be.
"""

import hashlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from re import compile as pattern

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from campaigns.errors import SettingsError

WIDTH = 76
# Each of these is listed once more than it occurs, so that nobody can add a second one to a signed letter.
SEALED = (
    *(b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to"),
    *(b"mime-version", b"content-type", b"list-unsubscribe", b"list-unsubscribe-post"),
)
# Of these a relay on the way may rightly add another.
SIGNED = (b"feedback-id", b"in-reply-to", b"references", b"auto-submitted")
WIDE = pattern(rb"[ \t]{2,}|\t")
PADDING, SHA = PKCS1v15(), SHA256()

Names = tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    domain: str  # in ASCII
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    def sign(self, head: bytes, body: bytes, now: datetime) -> bytes:
        """Return the DKIM-Signature header of a letter, to stand before its head."""
        return signatures((self,), head, body, now)


def signer(domain: str, selector: str, pem: str) -> Signer:
    """Read a private key, which takes OpenSSL a moment: keep what is returned. Raises SettingsError."""
    try:
        key = load_pem_private_key(pem.encode(), None)
    except ValueError:
        key = None
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise SettingsError("A stored signing key is neither RSA nor Ed25519.")
    return Signer(domain=domain, selector=selector, key=key)


def signatures(signers: Sequence[Signer], head: bytes, body: bytes, now: datetime) -> bytes:
    """Return a letter's DKIM-Signature headers, one for each signer; its body is hashed once for all.

    `head` is its header lines, each with its CRLF, without the blank line; `body` is what follows that.
    """
    if not signers:
        return b""
    listed, covered = _covered(head)
    facts = b" t=%d; bh=%s;" % (int(now.timestamp()), b64encode(_simple_hash(body)))
    return b"".join(_signature(each, listed, covered, facts) for each in signers)


def _signature(signer: Signer, listed: Names, covered: bytes, facts: bytes) -> bytes:
    is_rsa = isinstance(signer.key, RSAPrivateKey)
    folded, relaxed = _opening(signer.domain, signer.selector, "rsa" if is_rsa else "ed25519", listed)
    value = b64encode(_sign(signer.key, b"%s%s%s b=" % (covered, relaxed, facts)))
    lines = [value[start : start + WIDTH - 3] for start in range(0, len(value), WIDTH - 3)]
    return b"%s\r\n%s\r\n b=%s\r\n" % (folded, facts, b"\r\n ".join(lines))


def _sign(key: RSAPrivateKey | Ed25519PrivateKey, data: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(data, PADDING, SHA)
    return key.sign(hashlib.sha256(data).digest())  # RFC 8463 signs the hash, not the text


@lru_cache(maxsize=1000)
def _opening(domain: str, selector: str, algorithm: str, listed: Names) -> tuple[bytes, bytes]:
    """Return what a signature says before its time, folded as it is sent and relaxed as it is signed."""
    tags = ["v=1; ", f"a={algorithm}-sha256; ", "c=relaxed/simple; ", f"d={domain}; ", f"s={selector}; "]
    names = [f"{name.decode()}:" for name in listed[:-1]] + [listed[-1].decode()]
    lines, line = [], "DKIM-Signature: "
    for word in [*tags, "h=", *names]:
        if len(line) + len(word.rstrip()) >= WIDTH:
            lines.append(line.rstrip())
            line = " "
        line += word
    folded = "\r\n".join([*lines, f"{line};"])
    relaxed = folded.replace("\r\n", "").replace("DKIM-Signature: ", "dkim-signature:")
    return folded.encode("ascii"), relaxed.encode("ascii")


def _covered(head: bytes) -> tuple[Names, bytes]:
    """Return the header names to list, and the lines these stand for, relaxed."""
    lines = head.removesuffix(b"\r\n").replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n")
    listed, chosen = _choice(tuple([line[: line.index(b":")] for line in lines]))
    covered = b"\r\n".join([name + lines[at][start:].strip(b" \t") for at, name, start in chosen]) + b"\r\n"
    return listed, covered if b"  " not in covered and b"\t" not in covered else WIDE.sub(b" ", covered)


@lru_cache(maxsize=1000)
def _choice(names: Names) -> tuple[Names, tuple[tuple[int, bytes, int], ...]]:
    """Choose which lines of a head to sign: of several by one name, a verifier takes the lowest first."""
    places: dict[bytes, list[int]] = defaultdict(list)
    for at, name in enumerate(names):
        places[name.strip().lower()].insert(0, at)
    listed = [name for each in SEALED + SIGNED for name in [each] * (len(places[each]) + (each in SEALED))]
    chosen = [(at, each + b":", len(names[at]) + 1) for each in SEALED + SIGNED for at in places[each]]
    return tuple(listed), tuple(chosen)


def _simple_hash(body: bytes) -> bytes:
    """Hash a body without the blank lines at its end, and with the line break there that it must have."""
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    text = hashlib.sha256(memoryview(body)[:end])
    text.update(b"\r\n")
    return text.digest()
