"""What the clock of the letter shows: nobody reads what has not come, and few read it at once."""

from collections.abc import Iterable
from datetime import timedelta

from campaigns.responses.signs.reason import Sign, Suspicion
from campaigns.responses.signs.rules import Rules
from campaigns.responses.signs.trace import Around, Trace

NOTHING = timedelta()


def in_time(one: Trace, around: Around, rules: Rules) -> Iterable[Sign]:
    """Tell what speaks against a visit for the moment its letter left; nothing where that is not known."""
    sent_at = around.sent_at.get(one.message_id)
    if sent_at is None:
        return
    after = one.at - sent_at
    if -rules.before_within <= after < NOTHING:
        yield Sign(Suspicion.PRE_DELIVERY, {"seconds": round(-after.total_seconds())})
    elif NOTHING <= after < rules.fast_within:
        yield Sign(Suspicion.FAST, {"seconds": round(after.total_seconds())})
