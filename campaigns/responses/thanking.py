"""What was promised by mail leaves at most once: it is claimed before its letter leaves, and settled after."""

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

from campaigns import clock
from campaigns.audience.suppression import suppression_of
from campaigns.composition.dkim import Signer, signatures
from campaigns.composition.thanks import compose_thanks
from campaigns.delivery.halt import halted_among
from campaigns.delivery.relay import RelayPlan
from campaigns.delivery.routes import Route, Routes
from campaigns.delivery.routing import choose
from campaigns.delivery.smtp.postman import Postman
from campaigns.delivery.stopping import listening
from campaigns.delivery.throttle import Throttle
from campaigns.delivery.watermark import Watermark
from campaigns.errors import DeliveryError, InDoubt, RenderingError, TryLater, Withdrawn
from campaigns.house import House
from campaigns.responses.claiming import LATER, Claimed, claim
from campaigns.responses.incentive import Incentive, IncentiveState, next_due, settle

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds that a look waits for the pace, in all


def send_thanks(house: House) -> int:
    """Mail what is due, and give up for doubtful what a dead sender left; returns how many were dealt with."""
    with house.database.reading() as session:
        if next_due(session, clock.now(), 0) is None:
            return 0
    if objection := Watermark(house).objection():
        log.error("no thank-you leaves. %s", objection)
        return 0
    with ExitStack() as stack:
        return _work(house, _Round(house, stack), stack.enter_context(listening()))


def _work(house: House, look: "_Round", is_stopping: Callable[[], bool]) -> int:
    count, last_id = 0, 0
    while not is_stopping():
        with house.database.reading() as session:
            incentive = next_due(session, clock.now(), last_id)
        if incentive is None:
            break
        last_id = incentive.id
        try:
            count += look.deal_with(incentive)
        # One that cannot be dealt with must not stand in the way of all that follow.
        except Exception as error:  # noqa: BLE001
            log.error("incentive %s was not dealt with: %s", incentive.id, type(error).__name__)
    return count


class _Round:
    """One look: the connections it opened, and the patience it has left."""

    def __init__(self, house: House, stack: ExitStack) -> None:
        self._house = house
        self._stack = stack
        self._routes = Routes(house)
        self._throttle = Throttle.from_settings(house.settings)
        stack.callback(self._throttle.close)
        self._postmen: dict[int, Postman] = {}
        self._patience = PATIENCE

    def deal_with(self, incentive: Incentive) -> bool:
        if incentive.state == IncentiveState.CLAIMED:
            self._settle(incentive.id, IncentiveState.IN_DOUBT)
            log.warning("incentive %s is in doubt: its sender died", incentive.id)
            return True
        route = self._routes.of(incentive.merchant_id)
        plan = choose(route.plans, set(), incentive.id)
        with self._house.database.reading() as session:
            is_halted = bool(halted_among(session, [incentive.merchant_id]))
        if plan is None or is_halted or not self._may_go(plan, route):
            return False
        with self._house.database.transaction() as session:
            claimed = claim(session, self._house.vault, incentive.enrollment_id, clock.now())
        if claimed is None:
            self._throttle.give_back(plan, route.merchant_id, route.rate, 1, clock.now())
            return False
        grant = self._throttle.grant_domain(plan.key, claimed.facts.to_address.rpartition("@")[2], 1, clock.now())
        if not grant.granted:
            self._settle(incentive.id, IncentiveState.WAITING, timedelta(seconds=grant.wait))
            return False
        self._send(claimed, plan, () if plan.signs else route.signers)
        return True

    def _may_go(self, plan: RelayPlan, route: Route) -> bool:
        while True:
            grant = self._throttle.grant(plan, route.merchant_id, route.rate, 1, clock.now())
            if grant.granted or grant.wait > self._patience:
                return grant.granted > 0
            self._patience -= grant.wait
            time.sleep(grant.wait)

    def _send(self, claimed: Claimed, plan: RelayPlan, signers: tuple[Signer, ...]) -> None:
        incentive_id = claimed.facts.incentive_id
        try:
            letter = compose_thanks(claimed.facts, self._house.links)
            sealed = letter.sealed
            signed = signatures(signers, sealed.head, sealed.body, claimed.facts.now) if signers else b""
            self._postman(plan).send(replace(letter, data=signed + letter.data), lambda: self._may_leave(claimed))
        except Withdrawn:
            self._settle(incentive_id, IncentiveState.WITHHELD)
        except InDoubt:
            self._settle(incentive_id, IncentiveState.IN_DOUBT)
        except TryLater as trouble:
            log.warning("incentive %s waits: %s", incentive_id, trouble.code)
            self._settle(incentive_id, IncentiveState.WAITING if claimed.may_wait else IncentiveState.FAILED)
        except (DeliveryError, RenderingError) as error:
            log.error("incentive %s did not leave: %s", incentive_id, type(error).__name__)
            self._settle(incentive_id, IncentiveState.FAILED)
        else:
            self._settle(incentive_id, IncentiveState.SENT)
            log.info("incentive %s sent", incentive_id)

    def _postman(self, plan: RelayPlan) -> Postman:
        if plan.key not in self._postmen:
            self._postmen[plan.key] = self._stack.enter_context(Postman(plan.server, self._house.links.host))
        return self._postmen[plan.key]

    def _may_leave(self, claimed: Claimed) -> bool:
        with self._house.database.reading() as session:
            return suppression_of(session, claimed.facts.merchant_id, claimed.fingerprint) is None

    def _settle(self, incentive_id: int, state: IncentiveState, wait: timedelta = LATER) -> None:
        now = clock.now()
        with self._house.database.transaction() as session:
            settle(session, incentive_id, state, now, now + wait if state is IncentiveState.WAITING else None)
