"""Who knocks at the door of an event source: each service proves it in its own way."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.delivery.esp import sns
from campaigns.delivery.esp.certificates import Certificates
from campaigns.delivery.esp.public_key import check_ecdsa
from campaigns.delivery.esp.told import Object, an_object, moment, parsed, words
from campaigns.errors import BadSignature, UnreadablePayload
from campaigns.intake.signature import check_standard

# Longer than each goes on trying; what is told twice is known by its own number.
SENDGRID_TOLERANCE = timedelta(hours=26)
MAILGUN_TOLERANCE = timedelta(hours=12)
SNS_TOLERANCE = timedelta(days=7)
OLD = "The signature is too old, or from the future; check the clock here."
NOT_JSON = "The body is not signed: it is not what this service sends."


@dataclass(frozen=True, slots=True)
class Lock:
    """What a source is opened with."""

    secret: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Knock:
    headers: Mapping[str, str]  # by names in small letters
    body: bytes
    at: datetime

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


def ses(knock: Knock, lock: Lock, certificates: Certificates) -> str:
    """Return the number of a delivery that is genuine, as all of these do; raises BadSignature."""
    envelope = _object(knock.body)
    sns.check(envelope, lock.topic, certificates)
    told = moment(words(envelope, "Timestamp"))
    if told is None or abs(knock.at - told) > SNS_TOLERANCE:
        raise BadSignature(OLD)
    return words(envelope, "MessageId")


def sendgrid(knock: Knock, lock: Lock, _: Certificates) -> str:
    timestamp = knock.header("x-twilio-email-event-webhook-timestamp")
    signature = knock.header("x-twilio-email-event-webhook-signature")
    _check_age(timestamp, knock.at, SENDGRID_TOLERANCE)
    check_ecdsa(lock.secret, signature, timestamp.encode() + knock.body)
    return hashlib.sha256(knock.body).hexdigest()


def mailgun(knock: Knock, lock: Lock, _: Certificates) -> str:
    """The signature covers no body: a token that was used once opens nothing again."""
    seal = an_object(_object(knock.body).get("signature"))
    timestamp, token, given = (words(seal, name) for name in ("timestamp", "token", "signature"))
    _check_age(timestamp, knock.at, MAILGUN_TOLERANCE)
    signed = f"{timestamp}{token}".encode("utf-8", "replace")
    expected = hmac.new(lock.secret.encode(), signed, hashlib.sha256).hexdigest()
    if not token or not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise BadSignature("The signature does not match; check the source's signing key.")
    return token


def postmark(knock: Knock, lock: Lock, _: Certificates) -> str:
    given = [knock.header("x-askwell-secret"), _password(knock.header("authorization"))]
    matches = [hmac.compare_digest(each.encode("utf-8", "replace"), lock.secret.encode()) for each in given]
    if not any(matches):
        raise BadSignature("The password, or the header X-Askwell-Secret, is not that of this source.")
    return hashlib.sha256(knock.body).hexdigest()


def resend(knock: Knock, lock: Lock, _: Certificates) -> str:
    names = ("svix-id", "svix-timestamp", "svix-signature")
    headers = tuple(knock.header(name) or knock.header(name.replace("svix", "webhook")) for name in names)
    check_standard((headers[0], headers[1], headers[2]), knock.body, [lock.secret], knock.at)
    return headers[0]


def _object(body: bytes) -> Object:
    """Return a body that carries its own signature; one that cannot is not signed."""
    try:
        return an_object(parsed(body))
    except UnreadablePayload:
        raise BadSignature(NOT_JSON) from None


def _check_age(timestamp: str, now: datetime, tolerance: timedelta) -> None:
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise BadSignature("The timestamp of the signature is not a number of seconds.")
    if abs(now.timestamp() - int(timestamp)) > tolerance.total_seconds():
        raise BadSignature(OLD)


def _password(authorization: str) -> str:
    """Return the password of HTTP's basic authentication, or nothing."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
