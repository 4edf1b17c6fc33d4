"""Everything is looked up first and judged after; what nobody can be asked is unknown, and stops nothing."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.composition.head import HOUSE
from campaigns.delivery.doctor import dmarc, own_house, signing, spf
from campaigns.delivery.doctor.dns_lookup import Dns
from campaigns.delivery.doctor.knocking import knock
from campaigns.delivery.doctor.line import Line
from campaigns.delivery.doctor.servers import (
    RelaySeen,
    Sender,
    is_address,
    is_public,
    judge_mail_hosts,
    judge_relay,
    judge_senders,
)
from campaigns.delivery.doctor.spf_lookup import look_up_spf
from campaigns.delivery.probe import Unreachable, probe
from campaigns.delivery.relay import RelayPlan
from campaigns.errors import ServerUnavailable
from campaigns.links import Links
from campaigns.merchants.key_pair import Record
from campaigns.settings import Settings
from campaigns.tokens import Purpose, Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A merchant's sending, as the rows have it."""

    merchant_id: int
    author: str  # the domain of From
    envelope: str  # the domain that bounces come back to
    keys: tuple[tuple[int, str, Record], ...]  # number, domain and record of each key that signs
    relay_signs: bool


def examine_house(settings: Settings, tokens: Tokens, links: Links, now: datetime) -> list[Line]:
    """Look at what all merchants share; the POST carries a token that opens nothing, so it changes nothing."""
    seen = knock(links.unsubscribe(tokens.sign(Purpose.DOCTOR, 0)))
    return [
        own_house.judge_address(settings.base_url),
        own_house.judge_secret(settings.secret_keys[0]),
        own_house.judge_one_click(seen),
        own_house.judge_clock(now, seen, settings.clock_offset),
    ]


def examine_relays(plans: tuple[RelayPlan, ...], settings: Settings, name: str, now: datetime) -> list[Line]:
    """Hold a conversation with each relay, without a letter."""
    return [judge_relay(_look_at(plan, settings, name), now) for plan in plans]


def examine_merchant(dns: Dns, patient: Patient, told: tuple[str, ...], relay_hosts: tuple[str, ...]) -> list[Line]:
    """Look at what the DNS says of a merchant's domain; `told` are the addresses letters leave from, if known."""
    senders = _senders(dns, told, relay_hosts)
    policies = {name: dns.txt(f"_dmarc.{name}") for name in dmarc.names_to_ask(patient.author)}
    keys = tuple(
        signing.OurKey(number, domain, _organization(dns, domain), record.name, record.value, dns.txt(record.name))
        for number, domain, record in patient.keys
    )
    policy = dmarc.policy_of(patient.author, policies)
    envelope = (patient.envelope, _organization(dns, patient.envelope))
    return [
        *spf.judge(patient.envelope, tuple(each.address for each in senders), look_up_spf(dns, patient.envelope)),
        *signing.judge_keys(patient.merchant_id, keys, relay_signs=patient.relay_signs),
        *dmarc.judge(patient.author, policies),
        *signing.judge_alignment(patient.author, envelope, keys, policy),
        *judge_senders(senders),
        judge_mail_hosts(patient.envelope, dns.mail_hosts(patient.envelope), dns.addresses(patient.envelope)),
    ]


def _organization(dns: Dns, domain: str) -> str:
    return dmarc.organization_of(domain, {name: dns.txt(f"_dmarc.{name}") for name in dmarc.names_to_ask(domain)})


def _senders(dns: Dns, told: tuple[str, ...], relay_hosts: tuple[str, ...]) -> tuple[Sender, ...]:
    known = told or tuple(address for host in relay_hosts for address in _addresses(dns, host) if is_public(address))
    return tuple(_sender(dns, address, is_told=bool(told)) for address in dict.fromkeys(known))


def _addresses(dns: Dns, host: str) -> tuple[str, ...]:
    return (host,) if is_address(host) else dns.addresses(host) or ()


def _sender(dns: Dns, address: str, *, is_told: bool) -> Sender:
    names = dns.name_of(address)
    return Sender(address, is_told, names, dns.addresses(names[0]) if names else None)


def _look_at(plan: RelayPlan, settings: Settings, name: str) -> RelaySeen:
    called = f"Relay {plan.key}" if plan.key else f"The relay of {HOUSE}"
    is_near, is_mailbox = plan.server.is_near, plan.key == 0 and settings.uses_mailbox
    if is_mailbox:
        return RelaySeen(name=called, is_near=is_near, is_mailbox=True)
    try:
        found = probe(plan.server, name)
    except ServerUnavailable as error:
        said = f" It said {error.code} {error.status}".rstrip() + "." if error.code else ""
        unreachable = isinstance(error, Unreachable)
        return RelaySeen(name=called, is_near=is_near, trouble=f"{error}{said}", is_unreachable=unreachable)
    until = found.certificate_until
    return RelaySeen(name=called, is_near=is_near, is_encrypted=found.is_encrypted, certificate_until=until)
