"""Which relay a letter leaves by follows from the letter and from which relays are well, and from nothing else."""

import hashlib
import math
from collections.abc import Sequence, Set

from campaigns.delivery.relay import RelayPlan


def choose(plans: Sequence[RelayPlan], sick: Set[int], message_id: int, attempt: int = 0) -> RelayPlan | None:
    """Return the relay for this attempt: by weight, within the lowest tier that has a healthy one.

    The same for the same letter and attempt, and where one falls sick only its own letters move
    to the others. None where all are sick.
    """
    healthy = [plan for plan in plans if plan.key not in sick]
    if not healthy:
        return None
    tier = min(plan.tier for plan in healthy)
    return max((plan for plan in healthy if plan.tier == tier), key=lambda plan: _score(plan, message_id, attempt))


def _score(plan: RelayPlan, message_id: int, attempt: int) -> float:
    """Draw a number by which the plan of twice the weight wins twice as often (weighted rendezvous hashing)."""
    digest = hashlib.sha256(f"route.{message_id}.{attempt}.{plan.key}".encode()).digest()
    drawn = (int.from_bytes(digest[:6]) + 0.5) / 2**48
    return -plan.weight / math.log(drawn)
