"""By which relays a merchant's letters leave, how fast, and who signs them; looked up again every two seconds."""

import logging
import time
from dataclasses import dataclass

from campaigns.composition.dkim import Signer
from campaigns.composition.signers import signers_of
from campaigns.delivery.relay import RelayPlan, house_relay, plans_of
from campaigns.errors import SettingsError
from campaigns.house import House
from campaigns.merchants.merchant import get_merchant

log = logging.getLogger(__name__)

KNOWN_FOR, WHILE_BROKEN = 2.0, 60.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    merchant_id: int
    rate: float | None  # letters per second of this merchant over all workers
    plans: tuple[RelayPlan, ...]
    signers: tuple[Signer, ...]


class Routes:
    def __init__(self, house: House) -> None:
        self._house = house
        self._own_relay = house_relay(house.settings)
        self._known: dict[int, tuple[float, Route]] = {}

    def of(self, merchant_id: int) -> Route:
        """Return a merchant's route; opens a session of its own where it is not known."""
        now = time.monotonic()
        known = self._known.get(merchant_id)
        if known and now < known[0]:
            return known[1]
        try:
            until, route = now + KNOWN_FOR, self._look_up(merchant_id)
        except SettingsError as error:  # of one merchant: unsigned, or by another's relay, its letters must not leave
            log.error("merchant %s: letters wait: %s", merchant_id, error)
            until, route = now + WHILE_BROKEN, Route(merchant_id=merchant_id, rate=None, plans=(), signers=())
        self._known[merchant_id] = (until, route)
        return route

    def _look_up(self, merchant_id: int) -> Route:
        vault = self._house.vault
        with self._house.database.reading() as session:
            merchant = get_merchant(session, merchant_id)
            return Route(
                merchant_id=merchant_id,
                rate=merchant.letters_per_second,
                plans=plans_of(session, vault, merchant_id, self._own_relay),
                signers=signers_of(session, vault, merchant_id, merchant.from_address),
            )
