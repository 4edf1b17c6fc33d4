"""Whether Amazon SNS sent this, from the one topic a merchant named: a stranger's topic is signed just as well.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import re
from urllib.parse import urlsplit

from campaigns.delivery.esp.certificates import Certificates
from campaigns.delivery.esp.public_key import check_rsa
from campaigns.delivery.esp.told import Object, words
from campaigns.errors import BadSignature

TOPIC = re.compile(r"arn:aws(?:-cn|-us-gov)?:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}")
HOST = re.compile(r"sns\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
CONFIRMATIONS = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    **dict.fromkeys(CONFIRMATIONS, ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")),
}


def check(envelope: Object, topic: str, certificates: Certificates) -> None:
    """Check topic and signature; raises BadSignature. Nothing is fetched for another's topic."""
    fields = SIGNED.get(words(envelope, "Type"))
    if fields is None or words(envelope, "TopicArn") != topic:
        raise BadSignature("This is not from the topic of this source.")
    version = words(envelope, "SignatureVersion")
    if version not in {"1", "2"}:
        raise BadSignature("The signature is of a version that is not known here.")
    url = words(envelope, "SigningCertURL")
    if not is_of_amazon(url, topic) or not urlsplit(url).path.endswith(".pem"):
        raise BadSignature("The certificate is not at an address of Amazon SNS.")
    check_rsa(certificates.get(url), words(envelope, "Signature"), _signed(envelope, fields), version == "2")


def is_of_amazon(url: str, topic: str) -> bool:
    """Whether a URL is that of Amazon SNS in the region of a topic, and nothing but that."""
    region = TOPIC.fullmatch(topic)
    try:
        parts = urlsplit(url)
        found = HOST.fullmatch(parts.netloc)  # no port, and nobody's name before an @
    except ValueError:
        return False
    return parts.scheme == "https" and found is not None and region is not None and found[1] == region[1]


def _signed(envelope: Object, fields: tuple[str, ...]) -> bytes:
    told = ((name, words(envelope, name)) for name in fields if name in envelope and envelope[name] is not None)
    return "".join(f"{name}\n{value}\n" for name, value in told).encode("utf-8", "replace")
