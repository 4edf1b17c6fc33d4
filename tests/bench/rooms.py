"""What one core does in each room: letters written, webhooks recorded, purchases decided on."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from campaigns.app import create_app
from campaigns.catalog.campaign_file import read_definition
from campaigns.composition.compose import compose
from campaigns.composition.samples import Scene, Shop
from campaigns.enrollment.jobs import decide_purchases
from campaigns.enrollment.states import MessageKind
from campaigns.intake.jobs import record_purchases
from tests.bench.figures import table
from tests.bench.options import Options
from tests.bench.place import Place, open_place
from tests.factories import CAMPAIGN, NOW, make_campaign, make_merchant, make_store
from tests.shop import order, post_standard

MANY = 150


class Rooms:
    """One shop, whose orders come by themselves."""

    def __init__(self, place: Place) -> None:
        self._house = place.house
        self._facts = Scene(definition=read_definition(CAMPAIGN), shop=Shop(), now=NOW).facts(
            MessageKind.INVITATION, "en"
        )
        with self._house.database.transaction() as session:
            merchant = make_merchant(session)
            make_campaign(session, merchant)
            store = make_store(session, self._house.vault, merchant)
        self._client, self._key = create_app(self._house).test_client(), store.key
        self._secret = store.secrets(self._house.vault)[0]
        self._orders = 0

    def write(self) -> int:
        for number in range(MANY):
            compose(replace(self._facts, message_id=number), self._house.links)
        return MANY

    def knock(self) -> int:
        for _ in range(MANY):
            self._orders += 1
            payload = order(order_id=self._orders, email=f"buyer{self._orders}@example.com")
            post_standard(self._client, self._key, self._secret, payload)
        return MANY

    def record(self) -> int:
        return record_purchases(self._house)

    def decide(self) -> int:
        return decide_purchases(self._house)


def run(options: Options) -> Iterator[str]:
    rows = []
    for kind in options.kinds:
        with open_place(kind) as place:
            rooms = Rooms(place)
            steps: dict[str, Callable[[], int]] = {"write": rooms.write, "knock": rooms.knock}
            steps |= {"record": rooms.record, "decide": rooms.decide}
            paces: dict[str, list[float]] = {name: [] for name in steps}
            for _ in range(options.rounds):
                for name, step in steps.items():
                    begin = time.perf_counter()
                    paces[name].append(step() / (time.perf_counter() - begin))
        rows.append((kind, *(f"{statistics.median(paces[name]):,.0f}" for name in ("write", "record", "decide"))))
    yield f"a second, in one process; n = {options.rounds} rounds of {MANY}"
    yield table(("database", "letters composed, the readable way", "webhooks recorded", "purchases decided"), rows)
