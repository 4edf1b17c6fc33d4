"""Keeps every lane in letters: whose turn it is, by which relay, and how many now."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.delivery.batch import Compose, decide_all
from campaigns.delivery.book import Book
from campaigns.delivery.desk import Desk
from campaigns.delivery.facts import Archive, Dossier
from campaigns.delivery.feedback import UNAVAILABLE_FOR
from campaigns.delivery.relay import RelayPlan
from campaigns.delivery.roster import Roster
from campaigns.delivery.routes import Route, Routes
from campaigns.delivery.routing import choose
from campaigns.delivery.smtp.exchange import Exchange
from campaigns.delivery.smtp.lane import Lane
from campaigns.delivery.smtp.parcel import Outcome
from campaigns.delivery.throttle import Throttle
from campaigns.enrollment.sending import Claim, claim_due, merchants_with_due
from campaigns.house import House
from campaigns.meters import note_claim, note_wait

LOW = 48  # letters that wait for a lane, below which more are claimed for it
MOST = 600  # letters that wait in all: what slow servers may cost in memory
A_MOMENT = 0.002  # seconds until a lane that has enough to do is looked at again
LONGEST_REST = 1.0  # seconds; another of its relays may be free sooner than the one that was asked
PATIENCE = 20  # merchants asked in vain, before letters that are ready go on
WHILE_SICK = 10.0  # seconds until a merchant is looked at again who has no relay that is well: the next shift's work


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a sender works with."""

    exchange: Exchange
    compose: Compose
    throttle: Throttle

    def close(self) -> None:
        self.exchange.close()
        self.throttle.close()


class Filling:
    def __init__(self, house: House, means: Means, desk: Desk, book: Book, archive: Archive, start: int) -> None:
        self._house = house
        self._means = means
        self._desk = desk
        self._book = book
        self._archive = archive
        self._routes = Routes(house)
        self._roster = Roster(self._find_merchants, start)
        self._lanes: dict[int, Lane] = {}
        self._turns = start % 1_000_003

    def fill(self, claim: Claim, now: datetime) -> None:
        """Claim letters until every lane has enough to do, or nobody has any due."""
        self._present, in_vain = now, 0
        while self._desk.waiting < MOST and in_vain < PATIENCE:
            if (merchant_id := self._roster.turn(time.monotonic())) is None:
                return
            in_vain += not self._serve(self._routes.of(merchant_id), claim, now)

    def wait(self) -> float | None:
        """Return the seconds until a merchant may be served; None where nobody has letters due."""
        return self._roster.wait(time.monotonic())

    def hear(self, outcome: Outcome, now: datetime) -> None:
        """Note an outcome, and learn from it; a letter whose connection broke under it is taken up anew."""
        dossier, is_over = self._book.hear(outcome)
        reply = outcome.reply
        if reply is not None and isinstance(outcome.lane.key, int):
            where = (outcome.lane.key, _domain(dossier))
            self._means.throttle.note(*where, outcome.fate, reply.code, now, reply.status)
        if not is_over:
            self._send_elsewhere([dossier.id], now)

    def reroute(self, now: datetime) -> None:
        """Let no letter wait for a relay in trouble that another could take."""
        for key in self._sick():
            self._send_elsewhere(self._desk.clear(key), now)

    def _serve(self, route: Route, claim: Claim, now: datetime) -> bool:
        """Give one merchant a turn, as far as its relays and its pace allow; returns whether letters were claimed."""
        self._turns += 1
        merchant_id, moment, throttle = route.merchant_id, time.monotonic(), self._means.throttle
        plan = choose(route.plans, self._sick(), self._turns)
        if plan is None or self._desk.waiting_for(plan.key) >= LOW:
            self._roster.rest(merchant_id, moment + (A_MOMENT if plan else WHILE_SICK))
            return False
        wanted = min(self._roster.share, self._desk.appetite(plan.key))
        grant = throttle.grant(plan, merchant_id, route.rate, wanted, now)
        claimed = self._claim(merchant_id, claim, grant.granted, now) if grant.granted else []
        used = self._put_on_desk(claimed, route, plan, now) if claimed else 0
        throttle.give_back(plan, merchant_id, route.rate, grant.granted - used, now)
        if grant.granted < wanted and len(claimed) == grant.granted:
            note_wait("relay" if route.rate is None else "merchant", grant.wait)
            self._roster.rest(merchant_id, moment + min(grant.wait, LONGEST_REST))
        elif len(claimed) == wanted:
            self._roster.again(merchant_id)
        return bool(claimed)

    def _claim(self, merchant_id: int, claim: Claim, limit: int, now: datetime) -> list[int]:
        begin = time.perf_counter()
        with self._house.database.transaction() as session:
            self._book.write_in(session, now)
            claimed = claim_due(session, merchant_id, claim, limit, now)
        self._book.written()
        note_claim(time.perf_counter() - begin)
        return claimed

    def _put_on_desk(self, message_ids: list[int], route: Route, plan: RelayPlan, now: datetime) -> int:
        """Gather facts, decide, and lay out what may leave; returns how many that are."""
        self._desk.belief.forget()
        with self._house.database.reading() as session:
            dossiers = self._archive.gather(session, message_ids)
        may_leave = decide_all(self._keep_pace(dossiers.values(), plan, now), self._book, now)
        self._lane(plan)
        self._desk.put(plan.key, may_leave, () if plan.signs else route.signers)
        self._desk.belief.believe(may_leave)
        return len(may_leave)

    def _keep_pace(self, dossiers: Iterable[Dossier], plan: RelayPlan, now: datetime) -> list[Dossier]:
        """Return the letters that their recipients' providers will bear now; the others wait, one after another."""
        by_domain: dict[str, list[Dossier]] = {}
        for dossier in dossiers:
            by_domain.setdefault(_domain(dossier), []).append(dossier)
        let_through: list[Dossier] = []
        for domain, theirs in by_domain.items():
            grant = self._means.throttle.grant_domain(plan.key, domain, len(theirs), now)
            let_through += theirs[: grant.granted]
            for place, dossier in enumerate(theirs[grant.granted :], 1):
                self._book.put_off([dossier.id], now + timedelta(seconds=grant.wait * place))
            if grant.granted < len(theirs):
                note_wait("domain", grant.wait)
        return let_through

    def _send_elsewhere(self, message_ids: Iterable[int], now: datetime) -> None:
        """Give letters that did not leave to a relay that is well; where none is, they wait and no try is counted."""
        for dossier in self._book.still_held(message_ids):
            route = self._routes.of(dossier.row.merchant_id)
            if plan := choose(route.plans, self._sick(), dossier.id):
                self._lane(plan)
                self._desk.put(plan.key, [dossier.id], () if plan.signs else route.signers)
            else:
                self._book.put_off([dossier.id], now + UNAVAILABLE_FOR)

    def _lane(self, plan: RelayPlan) -> None:
        self._lanes[plan.key] = self._means.exchange.lane(plan.key, plan.server, plan.connections)

    def _sick(self) -> set[int]:
        """Return the relays with which no conversation was possible, and that are not to be tried again yet."""
        now = self._means.exchange.now()
        return {key for key, lane in self._lanes.items() if lane.trouble is not None and not lane.is_ready(now)}

    def _find_merchants(self) -> list[int]:
        with self._house.database.reading() as session:
            return merchants_with_due(session, self._present)


def _domain(dossier: Dossier) -> str:
    return str(dossier.row.email or "").rpartition("@")[2]
