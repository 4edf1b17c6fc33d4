"""What services send, made up and signed for the occasion."""

import base64
import datetime
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from campaigns import clock
from campaigns.intake.signature import sign_standard

TOPIC = "arn:aws:sns:eu-west-1:123456789012:letters"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
SUBSCRIBE_URL = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t0"
RESEND_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
Post = tuple[bytes, dict[str, str]]


@dataclass
class Amazon:
    """A topic that signs, and the certificate it signs by."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    numbers: int = 0

    @property
    def certificate(self) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        today = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        made = made.serial_number(1).not_valid_before(today).not_valid_after(today + datetime.timedelta(days=365))
        return made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def says(self, message: Mapping[str, Any] | str, version: str = "2", **changes: Any) -> Post:
        self.numbers += 1
        text = message if isinstance(message, str) else json.dumps(message)
        envelope = {
            "Type": "Notification",
            "MessageId": f"sns-{self.numbers}",
            "TopicArn": TOPIC,
            "Message": text,
            "Timestamp": "2026-11-21T10:00:00.000Z",
            "SignatureVersion": version,
            "SigningCertURL": CERTIFICATE_URL,
            **changes,
        }
        names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
        signed = "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope).encode()
        digest = hashes.SHA256() if version == "2" else hashes.SHA1()
        signature = base64.b64encode(self.key.sign(signed, padding.PKCS1v15(), digest)).decode()
        return json.dumps({**envelope, "Signature": signature}).encode(), {"Content-Type": "text/plain"}

    def asks_to_confirm(self, **changes: Any) -> Post:
        asked = {"Type": "SubscriptionConfirmation", "SubscribeURL": SUBSCRIBE_URL, "Token": "t0", **changes}
        return self.says("You have chosen to subscribe", **asked)


def ses(header: str, address: str, name: str = "Bounce", **about: Any) -> dict[str, Any]:
    """An event of a letter, as SES puts it into the envelope."""
    people = {"Bounce": "bouncedRecipients", "Complaint": "complainedRecipients"}.get(name, "recipients")
    listed: list[Any] = (
        [address] if name == "Delivery" else [{"emailAddress": address, "status": "5.1.1", "action": "failed"}]
    )
    blank = {"timestamp": "2026-11-21T10:00:00Z", people: listed}
    if name == "Bounce":
        blank |= {"bounceType": "Permanent", "bounceSubType": "General"}
    return {
        "eventType": name,
        name.lower(): {**blank, **about},
        "mail": {
            "messageId": "0000-amazon",
            "source": "hello@harbour.example",
            "commonHeaders": {"messageId": header},
        },
    }


class SendGrid:
    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self) -> str:
        spki, der = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.Encoding.DER
        return base64.b64encode(self._key.public_key().public_bytes(der, spki)).decode()

    def says(self, *events: Mapping[str, Any]) -> Post:
        body, at = json.dumps(events).encode() + b"\r\n", str(int(clock.now().timestamp()))
        signature = self._key.sign(at.encode() + body, ec.ECDSA(hashes.SHA256()))
        head = "X-Twilio-Email-Event-Webhook"
        return body, {f"{head}-Signature": base64.b64encode(signature).decode(), f"{head}-Timestamp": at}


def mailgun(event: Mapping[str, Any], token: str = "a" * 50, key: str = "signing-key") -> Post:
    at = str(int(clock.now().timestamp()))
    signature = hmac.new(key.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    seal = {"timestamp": at, "token": token, "signature": signature}
    return json.dumps({"signature": seal, "event-data": event}).encode(), {}


def postmark(record: Mapping[str, Any], password: str) -> Post:
    basic = base64.b64encode(f"askwell:{password}".encode()).decode()
    return json.dumps(record).encode(), {"Authorization": f"Basic {basic}"}


def resend(event: Mapping[str, Any], number: str = "msg_1", secret: str = RESEND_SECRET) -> Post:
    body = json.dumps(event).encode()
    signed = sign_standard(secret, number, clock.now(), body)
    return body, {name.replace("webhook", "svix"): value for name, value in signed.items()}
