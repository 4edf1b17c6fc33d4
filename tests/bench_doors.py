"""The doors beside a bare Flask view on the same server: requests a second and how long they took, at full durability.

`python -m tests.bench_doors [seconds]` prints a table for each database; nothing here is asserted.
"""

import json
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import text

from campaigns import clock, schema
from campaigns.house import House, open_house
from campaigns.intake.signature import sign_standard
from campaigns.settings import Settings
from campaigns.tokens import Purpose
from tests.bench.place import database_of
from tests.factories import (
    make_campaign,
    make_contact,
    make_enrollment,
    make_merchant,
    make_message,
    make_purchase,
    make_store,
)
from tests.load import Figures, knock_from_outside
from tests.shop import order
from tests.web import served

ROUNDS = 3
LETTERS = 2_000
FASTEST = 4_000  # webhooks a second that are signed ahead; more would meet the first ones again
KEPT = {"bare": {200}, "webhook": {202}, "rating page": {200}, "answer": {303}, "one-click unsubscribe": {200}}
BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"

bare = Flask(__name__)


@bare.get("/")
def nothing() -> str:
    return "ok"


@dataclass(frozen=True, slots=True)
class Crowd:
    """A shop that sends webhooks, and people who were all sent a letter."""

    house: House
    key: str
    secret: str
    message_ids: list[int]
    leaving: list[int]  # of people who will unsubscribe, once each

    def webhooks(self, count: int) -> list[bytes]:
        return [self.webhook(f"{time.time_ns()}-{number}") for number in range(count)]

    def looks(self) -> list[bytes]:
        """Looks at letters that nobody answers."""
        return [request("GET", self._path(each)) for each in self.message_ids[::4]]

    def answers(self) -> list[bytes]:
        return [self.answer(each, "Lovely mug") for each in self.message_ids if each not in set(self.message_ids[::4])]

    def webhook(self, name: str) -> bytes:
        body = json.dumps(order(order_id=name, email=f"{name}@example.com")).encode()
        signed = sign_standard(self.secret, name, clock.now(), body)
        return request("POST", f"/webhooks/{self.key}", {**signed, "Content-Type": "application/json"}, body)

    def answer(self, message_id: int, comment: str) -> bytes:
        """The form of a page that was opened five seconds ago, as a browser sends it."""
        shown_at = int((clock.now() - timedelta(seconds=5)).timestamp() * 1000)
        nonce = self.house.tokens.sign(Purpose.PAGE, [message_id, shown_at])
        form = urlencode({"nonce": nonce, "score": "5", "comment": comment}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        return request("POST", self._path(message_id), kind, form)

    def unsubscribes(self) -> list[bytes]:
        """What mail programs send for those who press their own button (RFC 8058)."""
        kind, body = {"Content-Type": "application/x-www-form-urlencoded"}, b"List-Unsubscribe=One-Click"
        return [request("POST", f"/u/{self.house.links.letter_token(each)}", kind, body) for each in self.leaving]

    def _path(self, message_id: int) -> str:
        return f"/r/{self.house.links.letter_token(message_id)}/5"


def measure(kind: str, folder: Path, seconds: float) -> dict[str, Figures]:
    """Return the median round of each door on a database of one kind; the rounds take turns."""
    environ = {"INSTANCE_DIR": str(folder), "DATABASE_URL": database_of(kind, folder), "ASKWELL_ENV": "development"}
    house = open_house(Settings.from_env(environ))
    schema.upgrade(house.database)
    crowd = gather(house)
    rounds: dict[str, list[Figures]] = {name: [] for name in KEPT}
    with served("wsgi:app", environ) as doors, served("tests.bench_doors:bare", environ) as empty:
        for _ in range(ROUNDS):
            share = seconds / ROUNDS
            rounds["bare"].append(knock_from_outside(empty.port, [request("GET", "/")], share))
            rounds["webhook"].append(knock_from_outside(doors.port, crowd.webhooks(int(FASTEST * share)), share))
            rounds["rating page"].append(knock_from_outside(doors.port, crowd.looks(), share))
            rounds["answer"].append(knock_from_outside(doors.port, crowd.answers(), share))
            goodbyes = crowd.unsubscribes()
            rounds["one-click unsubscribe"].append(knock_from_outside(doors.port, goodbyes, share))
    house.database.close()
    return {name: _median(name, found) for name, found in rounds.items()}


def _median(name: str, rounds: list[Figures]) -> Figures:
    strange = {status for each in rounds for status in each.answers} - KEPT[name]
    if strange:
        raise RuntimeError(f"the door {name} answered {sorted(strange)}")
    return sorted(rounds, key=lambda each: each.per_second)[len(rounds) // 2]


def gather(house: House, letters: int = LETTERS) -> Crowd:
    with house.database.transaction() as session:
        merchant = make_merchant(session)
        store = make_store(session, house.vault, merchant)
        version = make_campaign(session, merchant)
        message_ids = []
        for number in range(letters * 2):
            contact = make_contact(session, merchant, email=f"buyer{number}@example.com")
            purchase = make_purchase(session, store, contact, order_id=f"asked-{number}")
            closes_at = clock.now() + timedelta(days=21)
            message_ids.append(
                make_message(session, make_enrollment(session, purchase, version, closes_at=closes_at)).id
            )
        session.execute(text("ANALYZE"))  # as a database that has been there for a while knows its tables
        return Crowd(house, store.key, store.secrets(house.vault)[0], message_ids[:letters], message_ids[letters:])


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    lines = {"Host": "localhost:8000", "User-Agent": BROWSER, "Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def table(kind: str, found: dict[str, Figures]) -> str:
    """Return the figures of one database as lines of text."""
    lines = [f"{kind:12}{'a second':>20}{'of bare':>10}{'p50':>11}{'p99':>11}"]
    for name, figures in found.items():
        ratio = figures.per_second / found["bare"].per_second
        lines.append(
            f"{name:22}{figures.per_second:>10.0f}{ratio:>10.2f}{figures.p50_ms:>8.1f} ms{figures.p99_ms:>8.1f} ms"
        )
    return "\n".join(lines)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    for kind in ("sqlite", "postgres"):
        with tempfile.TemporaryDirectory() as folder:
            sys.stdout.write(table(kind, measure(kind, Path(folder), seconds)) + "\n\n")


if __name__ == "__main__":
    main()
