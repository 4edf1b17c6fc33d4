"""What the tests of the engine share: letters in a tray, and a hand that turns until they are done."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

from campaigns.delivery.server import Server
from campaigns.delivery.smtp.exchange import Exchange
from campaigns.delivery.smtp.habits import Habits
from campaigns.delivery.smtp.lane import Lane
from campaigns.delivery.smtp.parcel import Fate, Outcome, Parcel

QUICK = Habits(patience=0.4, with_a_letter=0.4, at_the_end=0.4)
BODY = b"Subject: Hi\r\n\r\nHello\r\n"


def a_parcel(key: int, to: str = "", data: bytes = BODY) -> Parcel:
    return Parcel(key, "hello@harbour.example", to or f"ana{key}@example.com", data)


class Tray:
    """A supply that remembers what it was asked and told. `before_promise` runs when dots are about to leave."""

    def __init__(self, *parcels: Parcel, before_promise: Callable[[list[int]], object] = lambda _: None) -> None:
        self.waiting = list(parcels)
        self.taken: list[int] = []
        self.promised: list[int] = []
        self.told: list[Outcome] = []
        self.turns: list[tuple[list[int], list[int]]] = []
        self._before_promise = before_promise

    def take(self, lane: Lane) -> Parcel | None:
        if not self.waiting:
            return None
        parcel = self.waiting.pop(0)
        self.taken.append(parcel.key)
        return parcel

    def promise(self, intents: list[int], outcomes: list[Outcome]) -> None:
        self._before_promise(intents)
        self.promised += intents
        self.told += outcomes
        self.turns.append((list(intents), [outcome.key for outcome in outcomes]))


def letters(count: int, first: int = 1) -> Tray:
    return Tray(*(a_parcel(number) for number in range(first, first + count)))


def deliver(
    server: Server, tray: Tray, connections: int = 1, habits: Habits = QUICK, within: float = 5.0
) -> dict[int, Outcome]:
    """Turn until every letter has its outcome, without waiting after trouble; returns them by key."""
    exchange = Exchange("askwell.example", habits)
    lane = exchange.lane("relay", server, connections)
    outcomes = turn_until_done(exchange, tray, within, lane)
    return by_key(outcomes + exchange.close())


def turn_until_done(exchange: Exchange, tray: Tray, within: float = 5.0, lane: Lane | None = None) -> list[Outcome]:
    outcomes: list[Outcome] = []
    until = monotonic() + within
    while (tray.waiting or exchange.in_flight) and monotonic() < until:
        outcomes += exchange.turn(tray, 0.05)
        if lane is not None:
            lane.forgive()
    return outcomes


def by_key(outcomes: list[Outcome]) -> dict[int, Outcome]:
    found = {outcome.key: outcome for outcome in outcomes}
    assert len(found) == len(outcomes), "a letter has two outcomes"
    return found


def fates(outcomes: dict[int, Outcome]) -> dict[int, Fate]:
    return {key: outcome.fate for key, outcome in sorted(outcomes.items())}


def impatient(**spans: Any) -> Habits:
    return replace(QUICK, **spans)
