"""DKIM: what is published is our key, and the domain it signs for speaks for the sender's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.delivery.doctor.dmarc import Policy
from campaigns.delivery.doctor.line import Line, State

Found = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class OurKey:
    """A key that signs, as it should be published."""

    key_id: int
    domain: str
    organization: str  # the organizational domain of `domain`
    name: str  # where its record stands
    value: str
    published: Found


def judge_key(key: OurKey) -> Line:
    """Say whether a key's record is in the DNS, and is ours."""
    if key.published is None:
        return Line("dkim", State.UNKNOWN, f"Nobody could be asked for {key.name}.")
    do = f'Publish a TXT record at {key.name}: "{key.value}"'
    if not key.published:
        return Line("dkim", State.FAIL, f"Key {key.key_id} signs, and nothing is published at {key.name}.", do)
    if len(key.published) > 1:
        what = f"{len(key.published)} records stand at {key.name}; receivers may take any of them."
        return Line("dkim", State.FAIL, what, f"Leave this one alone: {key.value}")
    tags = _tags(key.published[0])
    if not tags.get("p"):
        what = f"The record at {key.name} {'revokes its key' if 'p' in tags else 'holds no key'}."
        return Line("dkim", State.FAIL, what, do)
    if tags["p"] != _tags(key.value)["p"]:
        what = f"The key at {key.name} is another than the one that signs."
        return Line("dkim", State.FAIL, what, do)
    if "y" in tags.get("t", "").split(":"):
        what = f"The record at {key.name} says t=y: receivers treat the signature as a test."
        return Line("dkim", State.WARN, what, "Take t=y out.")
    return Line("dkim", State.OK, f"Key {key.key_id} is published at {key.name}.")


def judge_keys(merchant_id: int, keys: tuple[OurKey, ...], *, relay_signs: bool) -> list[Line]:
    if keys:
        return [judge_key(key) for key in keys]
    if relay_signs:
        what = "The relay signs letters itself, with keys that are not known here."
        return [
            Line("dkim", State.UNKNOWN, what, "Let the relay show that it signs in the name of the sender's domain.")
        ]
    do = f"flask --app wsgi dkim create --merchant {merchant_id}, and publish the record it prints."
    return [Line("dkim", State.FAIL, "No key signs letters; one-click unsubscribe counts only where one does.", do)]


def judge_alignment(
    author: str, envelope: tuple[str, str], keys: tuple[OurKey, ...], policy: Policy | None
) -> list[Line]:
    """Say by what a letter's From is vouched for; `envelope` is its domain and the organization of that."""
    if policy is None:
        return []
    domain, organization = envelope
    by_spf = policy.aligns(organization, domain, author, "aspf")
    by_dkim = any(policy.aligns(key.organization, key.domain, author, "adkim") for key in keys)
    ways = [name for name, holds in (("DKIM", by_dkim), ("SPF", by_spf)) if holds]
    if not ways:
        what = f"Neither SPF ({domain}) nor a DKIM key speaks for {author} in the sense of DMARC."
        do = f"Sign in the name of {policy.organization}, or let bounces come back to a domain below it."
        return [Line("alignment", State.FAIL, what, do)]
    what = f"{' and '.join(ways)} {'speak' if len(ways) == 2 else 'speaks'} for {author}."
    if len(ways) == 2:
        return [Line("alignment", State.OK, what)]
    return [Line("alignment", State.WARN, what, "Let both do: forwarding breaks SPF, and a lost key DKIM.")]


def _tags(record: str) -> Mapping[str, str]:
    parts = (part.partition("=") for part in record.split(";"))
    return {name.strip(): re.sub(r"\s", "", value) for name, _, value in parts if name.strip()}
