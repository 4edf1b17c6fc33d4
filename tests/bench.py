"""Speeds and ratios, measured in one run: `make bench`. Medians of interleaved rounds; nothing here is asserted."""

import logging
import smtplib
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import mrml

from campaigns import clock, schema
from campaigns.app import create_app
from campaigns.catalog.campaign_file import read_definition
from campaigns.composition.compose import compose
from campaigns.composition.preview import Shop, sample_facts
from campaigns.delivery.deliver import Shift
from campaigns.delivery.server import Server
from campaigns.delivery.transport import SmtpTransport
from campaigns.enrollment.jobs import decide_purchases
from campaigns.enrollment.message import MessageKind
from campaigns.house import House, open_house
from campaigns.intake.jobs import record_purchases
from campaigns.settings import Settings
from tests.delivery.servers import Sink, serving
from tests.delivery.stage import ask
from tests.factories import CAMPAIGN, NOW, make_campaign, make_merchant, make_store
from tests.journeys.conftest import database_url
from tests.shop import order, post_standard

ROUNDS = 3
MANY = 200
Work = Callable[[], int]
MJML = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"


class Bench:
    """One house and one mail server, and the things that are timed on them."""

    def __init__(self, house: House, server: Server) -> None:
        self._house = house
        self._server = server
        self._facts = sample_facts(read_definition(CAMPAIGN), Shop(), MessageKind.INVITATION, "en", NOW)
        with house.database.transaction() as session:
            merchant = make_merchant(session)
            make_campaign(session, merchant)
            store = make_store(session, house.vault, merchant)
        self._client, self._key = create_app(house).test_client(), store.key
        self._secret = store.secrets(house.vault)[0]
        self._orders = 0

    def compose(self) -> int:
        for number in range(MANY):
            compose(replace(self._facts, message_id=number), self._house.links)
        return MANY

    def knock(self) -> int:
        """The door alone, in this process: verify, keep, commit."""
        for _ in range(MANY):
            self._orders += 1
            payload = order(order_id=self._orders, email=f"buyer{self._orders}@example.com")
            assert post_standard(self._client, self._key, self._secret, payload).status_code == 202
        return MANY

    def record(self) -> int:
        return record_purchases(self._house)

    def decide(self) -> int:
        return decide_purchases(self._house)

    def prepare(self) -> int:
        with self._house.database.transaction() as session:
            ask(session, self._house.vault, MANY)
        return MANY

    def send(self) -> int:
        """A whole shift: claim, gather, decide, compose, look again, promise, send, record."""
        with SmtpTransport(self._server) as transport:
            return Shift(self._house, transport, compose, lambda: NOW, lambda: False).work()

    def send_naively(self) -> int:
        """A first attempt: MJML for every recipient, EmailMessage, a connection for each, nothing recorded."""
        for number in range(MANY // 4):
            token = self._house.links.answer_token(number)
            links = [self._house.links.rate(token, score) for score in range(1, 6)]
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = "a@harbour.example", "b@example.com", "How was it?"
            message.set_content("\n".join(links))
            rows = "".join(f'<mj-button href="{link}">x</mj-button>' for link in links)
            message.add_alternative(mrml.to_html(MJML.format(rows)).content, subtype="html")
            with smtplib.SMTP(self._server.host, self._server.port) as connection:
                connection.send_message(message)
        return MANY // 4


def rate(work: Work) -> float:
    begin = time.perf_counter()
    return work() / (time.perf_counter() - begin)


def measure(bench: Bench) -> dict[str, float]:
    """Return how many a second of each, the median of rounds that take turns."""
    rounds: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name in ("compose", "knock", "record", "decide", "prepare", "send", "send_naively"):
            rounds.setdefault(name, []).append(rate(getattr(bench, name)))
    return {name: statistics.median(rates) for name, rates in rounds.items()}


def main() -> None:
    logging.disable(logging.CRITICAL)
    print(
        f"{'':10}{'compose':>10}{'webhooks':>10}{'record':>10}{'decide':>10}{'send':>10}{'naive':>10}{'send/naive':>12}"
    )
    for kind in ("sqlite", "postgres"):
        with tempfile.TemporaryDirectory() as folder, serving(Sink()) as server:
            environ = {"INSTANCE_DIR": folder, "DATABASE_URL": database_url(kind, Path(folder))}
            house = open_house(Settings.from_env(environ))
            schema.upgrade(house.database)
            found = measure(Bench(house, server))
            house.database.close()
        names = ("compose", "knock", "record", "decide", "send", "send_naively")
        ratio = found["send"] / found["send_naively"]
        print(f"{kind:10}" + "".join(f"{found[name]:>8.0f}/s" for name in names) + f"{ratio:>11.1f}x")
    print(f"All in one process that shares its cores with the mail server; {clock.now():%Y-%m-%d}.")


if __name__ == "__main__":
    main()
