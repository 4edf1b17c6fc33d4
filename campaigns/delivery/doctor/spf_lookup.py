"""Follows an SPF record through the DNS and keeps what it names, so that judging it asks nobody."""

from campaigns.delivery.doctor.dns_lookup import Dns
from campaigns.delivery.doctor.spf import MOST_LOOKUPS, Book, Found, records, terms


def look_up_spf(dns: Dns, domain: str) -> Book:
    texts: dict[str, Found] = {}
    hosts: dict[str, Found] = {}
    mail_hosts: dict[str, Found] = {}
    waiting = [domain]
    while waiting and len(texts) <= 2 * MOST_LOOKUPS:
        each = waiting.pop(0)
        if each in texts:
            continue
        texts[each] = dns.txt(each)
        for record in records(texts[each] or ()):
            for term in terms(record):
                name = term.value or each
                if "%" in name:
                    continue
                if term.name in {"include", "redirect"}:
                    waiting.append(name)
                elif term.name == "a":
                    hosts[name] = dns.addresses(name)
                elif term.name == "mx":
                    mail_hosts[name] = _all_addresses(dns, dns.mail_hosts(name))
    return Book(texts=texts, hosts=hosts, mail_hosts=mail_hosts)


def _all_addresses(dns: Dns, names: Found) -> Found:
    if names is None:
        return None
    found = [dns.addresses(name) for name in names]
    return None if None in found else tuple(address for each in found for address in each or ())
