"""A test letter goes to whoever asked for it and is nothing but a letter: no message, no answer, no figure.

It leaves the way the merchant's letters leave, by the same relay and with the same signatures, so that
where it lands is where theirs would. Its links lead to pages that say what would happen.
"""

import logging
import secrets
from dataclasses import dataclass, replace

from campaigns import clock
from campaigns.composition.compose import compose
from campaigns.composition.dkim import signatures
from campaigns.composition.letter import Letter
from campaigns.composition.samples import Scene
from campaigns.composition.sight import without_sample_picture
from campaigns.delivery.relay import RelayPlan
from campaigns.delivery.routes import Route, Routes
from campaigns.delivery.routing import choose
from campaigns.delivery.smtp.postman import Postman
from campaigns.enrollment.states import MessageKind
from campaigns.errors import ServerUnavailable
from campaigns.house import House

log = logging.getLogger(__name__)

MARK = "[Test] "
BEYOND_ALL_MESSAGES = 2**62  # a mail program drops a Message-ID it has seen, and no bounce may name a real letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Which letter is to be tried, and on whom."""

    scene: Scene
    kind: MessageKind
    tag: str
    to_address: str
    version_id: int = 0  # of the campaign; 0 where it is only a file yet


def write_trial(house: House, trial: Trial) -> Letter:
    """Write a test letter; raises RenderingError."""
    facts = replace(
        trial.scene.facts(trial.kind, trial.tag),
        message_id=BEYOND_ALL_MESSAGES + secrets.randbits(60),
        campaign_id=0,
        version_id=0,
        to_address=trial.to_address,
        invitation_id=None,
    )
    facts = replace(facts, items=without_sample_picture(facts.items))
    return compose(facts, house.links.trial(trial.version_id), MARK)


def send_trial(house: House, trial: Trial) -> None:
    """Write and send a test letter, and wait until a server has it; raises RenderingError or DeliveryError."""
    route = Routes(house).of(trial.scene.shop.merchant_id)
    plan = choose(route.plans, frozenset(), 0)
    if plan is None:
        raise ServerUnavailable("This merchant has no relay by which letters may leave now.")
    letter = _signed(write_trial(house, trial), route, plan)
    with Postman(plan.server, house.links.host) as postman:
        postman.send(letter, lambda: True)
    log.info("a test letter of merchant %s left", route.merchant_id)


def _signed(letter: Letter, route: Route, plan: RelayPlan) -> Letter:
    if plan.signs or not route.signers:
        return letter
    sealed = letter.sealed
    return replace(letter, data=signatures(route.signers, sealed.head, sealed.body, clock.now()) + letter.data)
