"""What other letters show: a person has one mailbox, a scanner's network stands before many."""

from collections.abc import Iterable

from campaigns.responses.signs.reason import Sign, Suspicion
from campaigns.responses.signs.rules import Rules
from campaigns.responses.signs.trace import Around, Trace


def in_fleet(one: Trace, around: Around, rules: Rules) -> Iterable[Sign]:
    """Tell what speaks against a visit for where else its network was; one domain's own office never does."""
    domains = around.domains.get(one.hit_id, 0)
    if domains >= rules.fanout_domains:
        yield Sign(Suspicion.FANOUT, {"domains": domains})
