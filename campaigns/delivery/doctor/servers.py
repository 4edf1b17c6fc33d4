"""The servers around us: the relay encrypts, its address has a name that leads back, bounces find a mail host."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from campaigns.delivery.doctor.line import Line, State

SOON = timedelta(days=14)
Found = tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySeen:
    """How a conversation with a relay went."""

    name: str
    is_near: bool  # on this very machine
    is_mailbox: bool = False  # the development mailbox
    trouble: str = ""
    is_unreachable: bool = False
    is_encrypted: bool = False
    certificate_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """An address letters leave from, and what its name leads back to."""

    address: str
    is_told: bool  # by the operator; else it is the relay's own
    names: Found
    back: Found  # the addresses of those names


def judge_relay(seen: RelaySeen, now: datetime) -> Line:
    if seen.is_mailbox:
        what = f"{seen.name} is the development mailbox: nothing leaves this machine."
        return Line("relay", State.WARN, what, "Set SMTP_URL to a server that sends.")
    if seen.is_unreachable:
        do = "flask --app wsgi relay check, from where the workers run."
        return Line("relay", State.UNKNOWN, f"{seen.name} could not be reached. {seen.trouble}", do)
    if seen.trouble:
        return Line("relay", State.FAIL, f"{seen.name} cannot be used. {seen.trouble}", "Mend SMTP_URL, or the server.")
    if not seen.is_encrypted:
        if seen.is_near:
            return Line("relay", State.OK, f"{seen.name} is on this machine and needs no encryption.")
        do = "Use a server with STARTTLS and say ?starttls=required, or smtps://."
        return Line("relay", State.FAIL, f"{seen.name} takes letters unencrypted.", do)
    left = seen.certificate_until - now if seen.certificate_until else None
    if left is not None and left < SOON:
        what = f"The certificate of {seen.name} runs out on {seen.certificate_until:%Y-%m-%d}."
        return Line("relay", State.WARN, what, "Renew it; letters stop when it has run out.")
    return Line("relay", State.OK, f"{seen.name} encrypts, with a certificate to be trusted.")


def is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    return is_address(address) and ip_address(address).is_global


def judge_senders(senders: tuple[Sender, ...]) -> list[Line]:
    """Say whether each address has a name that leads back to it, which Gmail and Yahoo ask for."""
    if not senders:
        do = "Say --address IP to have it looked at; a hosted relay sees to its own."
        return [Line("ptr", State.UNKNOWN, "The address that letters leave from is not known here.", do)]
    return [_judge_sender(sender) for sender in senders]


def _judge_sender(sender: Sender) -> Line:
    bad = State.FAIL if sender.is_told else State.WARN  # a hosted relay may send from elsewhere
    if sender.names is None or (sender.names and sender.back is None):
        return Line("ptr", State.UNKNOWN, f"Nobody could be asked for the name of {sender.address}.")
    if not sender.names:
        do = "Have whoever runs the address set its reverse name (PTR) to the name the server says."
        return Line("ptr", bad, f"{sender.address} has no name.", do)
    if sender.address not in (sender.back or ()):
        what = f"{sender.address} is named {sender.names[0]}, which does not lead back to it."
        return Line("ptr", bad, what, f"Publish an address record of {sender.names[0]} with {sender.address}.")
    return Line("ptr", State.OK, f"{sender.address} is {sender.names[0]}, and back.")


def judge_mail_hosts(domain: str, hosts: Found, addresses: Found) -> Line:
    """Say whether bounces find their way back to a domain."""
    if hosts is None:
        return Line("mx", State.UNKNOWN, f"Nobody could be asked who takes mail for {domain}.")
    do = f"Publish an MX record at {domain}: without bounces, dead addresses are written to again and again."
    if hosts in {("",), (".",)}:  # RFC 7505
        return Line("mx", State.FAIL, f"{domain} says that it takes no mail, and letters come from there.", do)
    if hosts:
        return Line("mx", State.OK, f"Mail for {domain} is taken by {', '.join(sorted(hosts))}.")
    if addresses:
        return Line("mx", State.WARN, f"{domain} has no MX record; its own address is tried instead.", do)
    return Line("mx", State.FAIL, f"Nobody takes mail for {domain}, bounces neither.", do)
