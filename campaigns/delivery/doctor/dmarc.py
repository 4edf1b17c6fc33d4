"""DMARC as RFC 9989 has it: policies and organizational domains are found by walking up the DNS, not by a list."""

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.delivery.doctor.line import Line, State

MOST_LABELS = 7  # of all names asked after the first: RFC 9989, section 4.10
REMOVED = ("pct", "rf", "ri")  # tags of RFC 7489 that RFC 9989 took out; receivers ignore them
POLICIES = ("none", "quarantine", "reject")
RFC = "https://www.rfc-editor.org/rfc/rfc9989"
Found = tuple[str, ...] | None
Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a domain's owner asks receivers to do with letters that fail, and where that stands."""

    found_at: str
    organization: str  # the organizational domain
    wish: str  # of POLICIES
    tags: Tags

    def aligns(self, organization: str, domain: str, author: str, tag: str) -> bool:
        """Whether a domain, whose organizational domain is given, speaks for the author's; `tag` is adkim or aspf."""
        return domain == author if self.tags.get(tag, "r").lower() == "s" else organization == self.organization


def names_to_ask(domain: str) -> list[str]:
    """Return the domains whose records a walk up the tree may look at, the domain itself first."""
    labels = domain.split(".")
    rest = labels[1:] if len(labels) <= MOST_LABELS else labels[-MOST_LABELS:]
    return [domain, *(".".join(rest[start:]) for start in range(len(rest)))]


def tags_of(texts: tuple[str, ...]) -> Tags | None:
    """Return the tags of the one DMARC record among texts; None where there is none, or more than one."""
    read = [pairs for text in texts if (pairs := _pairs(text)) and pairs[0] == ("v", "DMARC1")]
    return dict(read[0]) if len(read) == 1 else None


def organization_of(domain: str, answers: Mapping[str, Found]) -> str:
    """Return the organizational domain of a domain, from the texts at `_dmarc.` of the names above it."""
    retained: list[str] = []
    for name in names_to_ask(domain):
        tags = tags_of(answers.get(name) or ())
        if tags is None:
            continue
        retained.append(name)
        psd = tags.get("psd", "u").lower()
        if psd == "n":
            return name
        if psd == "y" and name != domain:
            below = name.count(".") + 2
            return ".".join(domain.split(".")[-below:])
    return retained[-1] if retained else domain


def policy_of(domain: str, answers: Mapping[str, Found]) -> Policy | None:
    """Return the policy for letters from a domain: its own, its organization's, or that of the suffix above."""
    organization = organization_of(domain, answers)
    for name in dict.fromkeys((domain, organization, organization.partition(".")[2])):
        tags = tags_of(answers.get(name) or ())
        if tags is None or (name not in {domain, organization} and tags.get("psd", "u").lower() != "y"):
            continue
        own = tags.get("p", "none").lower()
        wish = own if name == domain else tags.get("sp", own).lower()
        return Policy(found_at=name, organization=organization, wish=_tested(wish, tags), tags=tags)
    return None


def judge(domain: str, answers: Mapping[str, Found]) -> list[Line]:
    """Say whether there is a policy, and whether it holds what receivers no longer read."""
    if any(answers.get(name) is None for name in names_to_ask(domain)):
        return [Line("dmarc", State.UNKNOWN, f"Nobody could be asked for the DMARC record of {domain}.")]
    policy = policy_of(domain, answers)
    if policy is None:
        several = len([text for text in answers[domain] or () if text.startswith("v=DMARC1")]) > 1
        what = f"{domain} has {'several DMARC records, which count as none' if several else 'no DMARC record'}."
        do = f'Publish one TXT record at _dmarc.{domain}: "v=DMARC1; p=none; rua=mailto:dmarc@{domain}". {RFC}'
        return [Line("dmarc", State.FAIL, what, do)]
    said = f"The policy for {domain} stands at _dmarc.{policy.found_at}: {policy.wish}."
    further = "Read the reports; once all your letters pass, ask for p=quarantine." if policy.wish == "none" else ""
    lines = [Line("dmarc", State.OK, said, further)]
    if removed := [tag for tag in REMOVED if tag in policy.tags]:
        what = f"The DMARC record holds {', '.join(removed)}, which RFC 9989 removed and receivers ignore."
        lines.append(Line("dmarc", State.WARN, what, "Take it out; to try a policy without effect, write t=y."))
    return lines


def _pairs(text: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in text.split(";") if "=" in part]
    return [(name.strip().lower(), value.strip()) for name, _, value in parts]


def _tested(wish: str, tags: Tags) -> str:
    """A policy that is only tested (t=y) is applied one step milder."""
    step = POLICIES.index(wish) if wish in POLICIES else 0
    return POLICIES[max(step - (tags.get("t", "n").lower() == "y"), 0)]
