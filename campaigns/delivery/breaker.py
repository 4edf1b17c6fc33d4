"""When sending has to stop by itself: only where chance is no explanation any more.

A rate is above its limit when the lower end of its 95 % interval is (Wilson's, as in every report):
three complaints of a thousand letters are bad luck or bad letters, and nobody can tell which.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import floor, sqrt

Z = 1.959963984540054  # the normal quantile of 95 %
WINDOW = timedelta(days=7)  # the letters that count left within it
SENDER_WINDOW = timedelta(hours=1)
SENDER_FEWEST = 3  # refusals of the sender within it; one is enough where authentication failed
SENDER_SHARE = 100  # of so many letters one: who forwards mail breaks its signatures, a few every day


class Cause(StrEnum):
    COMPLAINTS = "complaints"
    BOUNCES = "bounces"
    SENDER = "sender"


@dataclass(frozen=True, slots=True)
class Limit:
    share: float
    fewest: int  # below which nothing is concluded


# Gmail wants complaints below 0.1 % and rejects from 0.3 % (support.google.com/mail/answer/81126);
# Amazon reviews accounts from 5 % bounces.
LIMITS = {Cause.COMPLAINTS: Limit(0.001, 3), Cause.BOUNCES: Limit(0.05, 20)}


def lower_bound(bad: int, letters: int) -> float:
    """Return the lower end of Wilson's interval."""
    if letters <= 0 or bad <= 0:
        return 0.0
    share, spread = bad / letters, Z * Z / letters
    half = Z * sqrt(share * (1 - share) / letters + spread / (4 * letters))
    return max(0.0, (share + spread / 2 - half) / (1 + spread))


def trips(cause: Cause, bad: int, letters: int) -> bool:
    """Whether so many bad ones among so many letters are a reason to stop."""
    limit = LIMITS[cause]
    return bad >= limit.fewest and lower_bound(min(bad, letters), letters) > limit.share


def most_letters(cause: Cause, bad: int) -> int:
    """Return among how many letters at most so many bad ones are a reason to stop: counting may end there.

    Wilson's bound turns the score test around, so this is the root of a quadratic in the root of the number.
    """
    limit = LIMITS[cause]
    if bad < limit.fewest:
        return 0
    b = Z * sqrt(limit.share * (1 - limit.share))
    root = (sqrt(b * b + 4 * limit.share * bad) - b) / (2 * limit.share)
    return max(bad, floor(root * root))


def refuses_sender(authentication: int, refusals: int, letters: int) -> bool:
    """Whether servers that refuse the sender, of so many letters that left meanwhile, are a reason to stop."""
    if authentication == 0 and refusals < SENDER_FEWEST:
        return False
    return refusals * SENDER_SHARE >= letters
