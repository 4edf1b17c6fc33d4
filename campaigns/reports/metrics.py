"""Every figure carries its n and its interval; where nobody was asked there is no figure.

Shares have Wilson's interval, the net promoter score an adjusted Wald one (Rocks 2016): both
stay honest where the plain ones collapse, at nought, at all, and at few.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from campaigns.catalog.scale import Scale, ScaleName

Z = 1.959963984540054  # the normal quantile of 95 %
DETRACTORS_UNTIL = 6  # of 0 to 10

MEASURES = {
    ScaleName.STARS5: "four or five stars",
    ScaleName.CSAT5: "satisfied",
    ScaleName.NPS11: "net promoter score",
    ScaleName.CES7: "found it easy",
    ScaleName.THUMBS: "thumbs up",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, and the interval that holds the true one 95 times of 100."""

    value: float
    low: float
    high: float


def share(part: int, whole: int) -> Estimate | None:
    """Return which share of `whole` is `part`, with Wilson's interval; None of nothing."""
    if whole == 0:
        return None
    p = part / whole
    z2n = Z * Z / whole
    centre = (p + z2n / 2) / (1 + z2n)
    half = Z * sqrt(p * (1 - p) / whole + z2n / (4 * whole)) / (1 + z2n)
    # At 0 and at all the bounds are exactly 0 and 1; rounding must not push the share outside.
    return Estimate(p, max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half)))


def net_promoter_score(promoters: int, passives: int, detractors: int) -> Estimate | None:
    """Return the score from -100 to 100 with the interval of an adjusted Wald test; None of nothing."""
    n = promoters + passives + detractors
    if n == 0:
        return None
    more, up, down = n + 3, (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    centre = up - down
    half = Z * sqrt((up + down - centre**2) / more)
    value = 100 * (promoters - detractors) / n
    return Estimate(
        value, max(-100.0, min(value, 100 * (centre - half))), min(100.0, max(value, 100 * (centre + half)))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What the answers to one scale come to."""

    scale: Scale
    n: int
    counts: Mapping[int, int]  # every score of the scale, also those nobody gave
    headline: Estimate | None  # a share from 0 to 1, or for nps11 a score from -100 to 100
    mean: float | None

    @property
    def measure(self) -> str:
        return MEASURES[self.scale.name]


def rate(scale: Scale, given: Mapping[int, int]) -> Rating:
    """Sum up answers, given as score → how many; what is no score of the scale is left out."""
    counts = {score: given.get(score, 0) for score in scale.scores}
    n = sum(counts.values())
    satisfied = sum(count for score, count in counts.items() if score >= scale.satisfied_from)
    if scale.name is ScaleName.NPS11:
        detractors = sum(count for score, count in counts.items() if score <= DETRACTORS_UNTIL)
        headline = net_promoter_score(satisfied, n - satisfied - detractors, detractors)
    else:
        headline = share(satisfied, n)
    mean = sum(score * count for score, count in counts.items()) / n if n else None
    return Rating(scale=scale, n=n, counts=counts, headline=headline, mean=mean)
